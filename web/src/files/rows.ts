import type { components } from "../api/schema";
import { compareBytes } from "./order";

export type Entry = components["schemas"]["EntryInfo"];

/** One line of a folder: an entry, or a folder in it. */
export interface Row {
  /** Full path; of a folder with a slash at its end. */
  path: string;
  name: string;
  entry?: Entry;
}

/** Folders and entries of one page, in the server's order. */
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
