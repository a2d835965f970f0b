import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { fileSource } from "../viewers/source";
import { parseSubdatasets } from "./subdatasets";

const modules = ".gitmodules";
const mostBytes = 256 << 10;

/** The datasets inside a dataset, from the version that is shown, when there is a directory that may be one. */
export function useSubdatasets(dataset: string, at: string | undefined, version: number, wanted: boolean) {
  const query = useQuery({
    queryKey: ["subdatasets", dataset, at ?? version],
    queryFn: ({ signal }) => readSubdatasets(dataset, at, signal),
    enabled: wanted,
  });
  return query.data;
}

async function readSubdatasets(dataset: string, at: string | undefined, signal: AbortSignal) {
  // Directories are empty without git, too: whether there is the file is asked first.
  const listed = await must(
    api.GET("/datasets/{id}/tree", {
      signal,
      params: { path: { id: dataset }, query: { at, prefix: modules, limit: 1 } },
    }),
  );
  if (listed.items?.[0]?.path !== modules) return new Map<string, string>();
  const bytes = await fileSource(dataset, modules, at).read(0, mostBytes, signal);
  return parseSubdatasets(new TextDecoder().decode(bytes));
}
