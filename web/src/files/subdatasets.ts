import type { Schemas } from "../api/client";

/** A dataset inside a version of another, by the empty directory that stands for it. */
export interface Subdataset {
  dataset: string;
  /** Its version that the version around it names; absent where no commit is known. */
  at?: string;
  /** The commit of the version around it, if no version of it can be read here. */
  missing?: string;
}

/** The datasets inside a version, by their paths. Those without an id can be opened by nothing. */
export function toSubdatasets(items: Schemas["SubdatasetInfo"][]): Map<string, Subdataset> {
  const found = new Map<string, Subdataset>();
  for (const { path, dataset, commit, snapshot } of items) {
    if (!dataset) continue;
    found.set(path, snapshot ? { dataset, at: `${snapshot}` } : { dataset, missing: commit });
  }
  return found;
}

/** The address of a subdataset below the address of the portal; undefined if the named version is missing. */
export const toAddress = ({ dataset, at, missing }: Subdataset) =>
  missing ? undefined : `${dataset}${at ? `?at=${at}` : ""}`;
