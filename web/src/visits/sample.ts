/** Quotes a text for the search line. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', "")}"`;
}

/** The search for the datasets of a sample: equal names of other proposals are other samples. */
export function sampleSearch(proposal: string, sample: string): string {
  return `proposal:${quoted(proposal)} sample:${quoted(sample)}`;
}

/** The address of the page of a sample. */
export function sampleAddress(proposal: string, sample: string): string {
  return `/samples/${encodeURIComponent(proposal)}/${encodeURIComponent(sample)}`;
}
