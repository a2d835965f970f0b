import type { Schemas } from "../api/client";
import { facility as t } from "../messages/en";
import { formatCount } from "../text/format";

export type Folder = Schemas["FacilityFolderInfo"];
export type Parent = Schemas["FacilityParentInfo"];
export type Counts = Schemas["FacilityCounts"];

/** Which of the folders are wanted: a state, "all" for any, and a text that they have in them. */
export interface Wanted {
  state: string;
  text: string;
}

/** How often so many pages are asked for again: what grows is seen to grow, and a long list does not keep the server busy. */
export function renewMs(pages: number): number {
  return Math.max(1, pages) * 2000;
}

interface Look {
  color: string;
  label: string;
}

/** The states, in the order in which an operator wants to see them. */
export const states: Record<keyof Omit<Counts, "all">, Look> = {
  attention: { color: "red", label: t.needsAttention },
  missing: { color: "orange", label: t.missing },
  acquiring: { color: "blue", label: t.acquiring },
  waiting: { color: "yellow", label: t.waiting },
  published: { color: "teal", label: t.published },
};

/** The states in which there is a folder, and the one that is chosen, with how many there are. */
export function stateChoices(counts: Counts, chosen: string): { value: string; label: string }[] {
  const choice = (value: keyof Counts, label: string) => ({ value, label: `${label} (${formatCount(counts[value])})` });
  return [
    choice("all", t.all),
    ...(Object.keys(states) as (keyof typeof states)[])
      .filter((state) => counts[state] > 0 || state === chosen)
      .map((state) => choice(state, states[state].label)),
  ];
}

/** The last part of a path, and what stands before it. */
export function splitPath(path: string): { name: string; parent: string } {
  const at = path.lastIndexOf("/");
  return { name: path.slice(at + 1), parent: path.slice(0, Math.max(at, 1)) };
}
