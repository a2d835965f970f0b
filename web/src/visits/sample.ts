/** Quotes a text for the search line. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', "")}"`;
}

/** The search for the datasets of a sample: equal names of other proposals are other samples. */
export function sampleSearch(proposal: string, sample: string): string {
  return `proposal:${quoted(proposal)} sample:${quoted(sample)}`;
}

/** The visit of a sample that matters now: the running one, or else the one that ended last. */
export function currentVisit<V extends { state: string; end: string }>(visits: V[]): V | undefined {
  const last = [...visits].sort((a, b) => new Date(b.end).getTime() - new Date(a.end).getTime());
  return last.find(({ state }) => state === "running") ?? last.find(({ state }) => state === "ended") ?? last[0];
}

/** The address of the page of a sample. */
export function sampleAddress(proposal: string, sample: string): string {
  return `/samples/${encodeURIComponent(proposal)}/${encodeURIComponent(sample)}`;
}
