import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";

export type Entry = Schemas["EntryInfo"];

/** The files of a folder: the first ones of a very large one. */
export interface FolderFiles {
  files: Entry[];
  isWhole: boolean;
}

/** The most that the server tells at once. */
const mostEntries = 10_000;
/** In a dataset that grows, the folder is not read again with each file. */
const freshMs = 30_000;

/** The folder of a path, with its slash; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** The entry at a path: the first of a listing that starts there. */
export async function findEntry(id: string, path: string, at: string | undefined): Promise<Entry | null> {
  const page = await must(
    api.GET("/datasets/{id}/tree", { params: { path: { id }, query: { at, prefix: path, limit: 1 } } }),
  );
  const entry = page.items?.[0];
  return entry?.path === path ? entry : null;
}

/** The entry at a path; "folder" for a path that only begins others, as one without its last slash does. */
export async function findPlace(id: string, path: string, at: string | undefined): Promise<Entry | "folder" | null> {
  const entry = await findEntry(id, path, at);
  if (entry && entry.kind !== "directory") return entry;
  const query = { at, prefix: `${path}/`, limit: 1 };
  const page = await must(api.GET("/datasets/{id}/tree", { params: { path: { id }, query } }));
  return page.items?.length ? "folder" : entry;
}

/** The files beside a file, in the order of the server. */
export function useFolderFiles(id: string, path: string, at: string | undefined) {
  const prefix = folderOf(path);
  return useQuery({
    queryKey: ["folder-files", id, prefix, at ?? ""],
    queryFn: async ({ signal }): Promise<FolderFiles> => {
      const query = { at, prefix: prefix || undefined, delimiter: "/", limit: mostEntries };
      const page = await must(api.GET("/datasets/{id}/tree", { signal, params: { path: { id }, query } }));
      return { files: (page.items ?? []).filter((entry) => entry.kind !== "directory"), isWhole: !page.next };
    },
    staleTime: freshMs,
  });
}
