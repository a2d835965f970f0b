import { api, must } from "../api/client";
import type { Facility, Folder } from "./folders";

const pageSize = 1000;
const mostFolders = 20_000;

/** Loads all folders. */
export async function loadFacility(signal: AbortSignal): Promise<Facility> {
  const folders: Folder[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await must(
      api.GET("/agent/folders", { signal, params: { query: { limit: pageSize, cursor: cursor } } }),
    );
    folders.push(...page.items);
    cursor = page.next ?? undefined;
    if (cursor === undefined || folders.length >= mostFolders)
      return { folders, parents: page.parents, isCut: cursor !== undefined };
  }
}
