import { api, must } from "../api/client";
import type { Folder, Wanted } from "./folders";

const pageSize = 200;
const endingPageSize = 1000;
const mostEnding = 2000;

/** Loads a page of the folders, those first that need somebody. */
export function loadFolders(wanted: Wanted, cursor: string | undefined, signal: AbortSignal) {
  const query = { ...toQuery(wanted), order: "need", limit: pageSize, cursor };
  return must(api.GET("/agent/folders", { signal, params: { query } }));
}

/** Loads the folders whose time at the facility ends in some days, as far as a calendar can show them. */
export async function loadEnding(
  wanted: Wanted,
  from: Date,
  before: Date,
  signal: AbortSignal,
): Promise<{ folders: Folder[]; isCut: boolean }> {
  const days = { endsFrom: from.toISOString(), endsBefore: before.toISOString(), limit: endingPageSize };
  const folders: Folder[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...toQuery(wanted), ...days, cursor };
    const page = await must(api.GET("/agent/folders", { signal, params: { query } }));
    folders.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && folders.length < mostEnding);
  return { folders, isCut: cursor !== undefined };
}

function toQuery({ state, text }: Wanted) {
  return { state: state === "all" ? undefined : state, text: text || undefined };
}
