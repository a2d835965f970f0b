/** Where the portal stands, with a slash at the end: the server writes it into the page, so that a path prefix works. */
export const portalRoot = new URL(document.baseURI).pathname;

/** Where the interface stands. */
export const apiRoot = `${portalRoot}api/v1`;

/** The server's address as a person gives it to the command line. */
export const serverAddress = `${window.location.origin}${portalRoot}`.replace(/\/$/, "");

/** Says that a request comes from this portal: no form of another site can send it. */
export const portalHeader = { "X-Hutch-Request": "portal" } as const;

/** A path of a dataset as part of an address: every part is encoded, the slashes stay. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The address of an entry's bytes. */
export function entryUrl(dataset: string, path: string, query: { at?: string; view?: "sandbox" } = {}): string {
  const search = new URLSearchParams();
  if (query.at) search.set("at", query.at);
  if (query.view) search.set("view", query.view);
  const tail = search.size > 0 ? `?${search}` : "";
  return `${apiRoot}/datasets/${dataset}/entries/${encodePath(path)}${tail}`;
}

/** The address of an archive of a version, or of a folder of it. */
export function archiveUrl(dataset: string, kind: "tar" | "zip", query: { at?: string; prefix?: string } = {}): string {
  const search = new URLSearchParams();
  if (query.at) search.set("at", query.at);
  if (query.prefix) search.set("prefix", query.prefix);
  return `${apiRoot}/datasets/${dataset}/archive.${kind}${search.size > 0 ? `?${search}` : ""}`;
}
