import type { Schemas } from "../api/client";

/** What is remembered of a dataset that somebody opened: enough to show it without a question. */
export type Recent = Pick<
  Schemas["DatasetInfo"],
  "id" | "name" | "title" | "state" | "kind" | "type" | "files" | "yourRight"
> & { opened: string };

const most = 8;

const keyOf = (user: string) => `hutch.recent.${user}`;

/** The datasets that a user opened in this browser, the last first. */
export function recentDatasets(user: string): Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(user)) ?? "[]");
    return Array.isArray(kept) ? (kept as Recent[]).filter((one) => typeof one?.id === "string") : [];
  } catch {
    // No storage in this browser, or something else in it.
    return [];
  }
}

/** Remembers that a user opened a dataset; one that is gone is forgotten. */
export function noteOpened(user: string, dataset: Schemas["DatasetInfo"]): void {
  const { id, name, title, state, kind, type, files, yourRight } = dataset;
  const others = recentDatasets(user).filter((one) => one.id !== id);
  const isHere = state === "open" || state === "closed";
  const opened = new Date().toISOString();
  const next = isHere ? [{ id, name, title, state, kind, type, files, yourRight, opened }, ...others] : others;
  try {
    localStorage.setItem(keyOf(user), JSON.stringify(next.slice(0, most)));
  } catch {
    // Without room in the storage nothing is remembered.
  }
}
