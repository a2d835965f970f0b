import type { components } from "../api/schema";
import { compareBytes } from "./order";
import type { Subdataset } from "./subdatasets";

export type Entry = components["schemas"]["EntryInfo"];

/** One row of a folder: an entry or a subfolder. */
export interface Row {
  /** Full path; a folder's ends in a slash. */
  path: string;
  name: string;
  entry?: Entry;
}

/** The dataset that stands at a row: a dataset of DataLad has others in its empty directories. */
export type SubdatasetOf = (row: Row) => Subdataset | undefined;

/** Merges the folders and entries of a page, in the server's order. */
export function mergeRows(prefixes: string[], items: Entry[], skip: number): Row[] {
  const rows: Row[] = [];
  let p = 0;
  let i = 0;
  while (p < prefixes.length || i < items.length) {
    const folder = prefixes[p];
    const entry = items[i];
    if (folder !== undefined && (!entry || compareBytes(folder, entry.path) < 0)) {
      rows.push({ path: folder, name: folder.slice(skip, -1) });
      p++;
    } else if (entry) {
      rows.push({ path: entry.path, name: entry.path.slice(skip), entry });
      i++;
    }
  }
  return rows;
}
