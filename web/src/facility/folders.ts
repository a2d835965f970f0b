import type { Schemas } from "../api/client";

export type Folder = Schemas["FacilityFolderInfo"];
export type Parent = Schemas["FacilityParentInfo"];

/** What the agent knows about the folders that it watches. */
export interface Facility {
  folders: Folder[];
  parents: Parent[];
  /** There are more folders than the page takes. */
  isCut: boolean;
}

/** How often it is asked for again: what grows is seen to grow, and a list of thousands does not keep the server busy. */
export function renewMs(folders: number): number {
  return Math.max(2, Math.ceil(folders / 500)) * 1000;
}

interface Look {
  color: string;
  label: string;
}

/** The states, in the order in which an operator wants to see them. */
export const states: Record<string, Look> = {
  attention: { color: "red", label: "Needs attention" },
  missing: { color: "orange", label: "Missing" },
  acquiring: { color: "blue", label: "Acquiring" },
  waiting: { color: "yellow", label: "Waiting" },
  published: { color: "teal", label: "Published" },
};

const order = Object.keys(states);

/** Whether a folder is in a state ("all" for any). One with a problem needs attention, whatever its state. */
export function isIn(folder: Folder, state: string): boolean {
  return state === "all" || folder.state === state || (state === "attention" && folder.problem !== undefined);
}

/** Those that need somebody first, then the most recent change. */
export function inOrder(folders: Folder[]): Folder[] {
  const place = (folder: Folder) => (isIn(folder, "attention") ? 0 : order.indexOf(folder.state));
  return [...folders].sort((a, b) => place(a) - place(b) || (b.changed ?? "").localeCompare(a.changed ?? ""));
}

/** The folders in a state ("all" for any) that have a text in their path, name, identity or problem, whatever its capitals. */
export function matching(folders: Folder[], state: string, text: string): Folder[] {
  const wanted = text.trim().toLowerCase();
  return folders.filter(
    (folder) =>
      isIn(folder, state) &&
      [folder.folder, folder.name, folder.identity, folder.problem].some((part) =>
        part?.toLowerCase().includes(wanted),
      ),
  );
}

/** The last part of a path, and what stands before it. */
export function splitPath(path: string): { name: string; parent: string } {
  const at = path.lastIndexOf("/");
  return { name: path.slice(at + 1), parent: path.slice(0, Math.max(at, 1)) };
}
