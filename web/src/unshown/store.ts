/** The store that a folder belongs to: the innermost folder called `.zarr`, or else the folder itself. */
export function storeOf(folder: string): string {
  const parts = folder.split("/").filter((part) => part !== "");
  const last = parts.findLastIndex((part) => /\.zarr$/i.test(part));
  return (last < 0 ? parts : parts.slice(0, last + 1)).join("/");
}
