/** The address of the DOI in the citation as CSL JSON; undefined where it has none, or none that works yet. */
export function doiOf(csl: string): string | undefined {
  const [item] = JSON.parse(csl) as { DOI?: string; URL?: string }[];
  return item?.DOI ? item.URL : undefined;
}
