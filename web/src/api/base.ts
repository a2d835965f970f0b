/** Base path of the portal, ending in a slash. The server writes it into the page, so that a path prefix works. */
export const portalRoot = new URL(document.baseURI).pathname;

/** Base path of the REST API. */
export const apiRoot = `${portalRoot}api/v1`;

/** The server's address for the command line. */
export const serverAddress = `${window.location.origin}${portalRoot}`.replace(/\/$/, "");

/** Marks requests of the portal; a form on another site cannot set it (CSRF). */
export const portalHeader = { "X-Hutch-Request": "portal" } as const;

/** Encodes a path for a URL; slashes stay. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** URL of an entry's content. */
export function entryUrl(
  dataset: string,
  path: string,
  query: { at?: string; view?: "sandbox"; bin?: string } = {},
): string {
  const search = new URLSearchParams();
  if (query.at) search.set("at", query.at);
  if (query.view) search.set("view", query.view);
  if (query.bin) search.set("bin", query.bin);
  const tail = search.size > 0 ? `?${search}` : "";
  return `${apiRoot}/datasets/${dataset}/entries/${encodePath(path)}${tail}`;
}

/** URL of a small picture of a file, or of a dataset. */
export function thumbnailUrl(dataset: string, query: { path?: string; at?: string; hash?: string }): string {
  const search = new URLSearchParams(Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]));
  return `${apiRoot}/datasets/${dataset}/thumbnail${search.size > 0 ? `?${search}` : ""}`;
}

/** URL of an archive of a version, or of a folder or some paths in it. */
export function archiveUrl(
  dataset: string,
  kind: "tar" | "zip",
  query: { at?: string; prefix?: string; paths?: string[] } = {},
): string {
  const search = new URLSearchParams();
  if (query.at) search.set("at", query.at);
  if (query.prefix) search.set("prefix", query.prefix);
  for (const path of query.paths ?? []) search.append("path", path);
  return `${apiRoot}/datasets/${dataset}/archive.${kind}${search.size > 0 ? `?${search}` : ""}`;
}
