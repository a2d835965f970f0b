import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";
import { toSubdatasets } from "./subdatasets";

const pageSize = 1000;
const mostPages = 5;

/** The datasets inside the version that is shown, when there is a directory that may be one. */
export function useSubdatasets(dataset: string, at: string | undefined, version: number, wanted: boolean) {
  const query = useQuery({
    queryKey: ["subdatasets", dataset, at ?? version],
    queryFn: ({ signal }) => readSubdatasets(dataset, at, signal),
    enabled: wanted,
  });
  return query.data;
}

async function readSubdatasets(dataset: string, at: string | undefined, signal: AbortSignal) {
  const items: Schemas["SubdatasetInfo"][] = [];
  const ref = at ?? (await newestVersion(dataset, signal));
  let cursor: string | undefined;
  for (let pages = 0; ref && pages < mostPages; pages++) {
    const page = await must(
      api.GET("/datasets/{id}/snapshots/{ref}/subdatasets", {
        signal,
        params: { path: { id: dataset, ref }, query: { limit: pageSize, cursor } },
      }),
    );
    items.push(...page.items);
    cursor = page.next;
    if (!cursor) break;
  }
  return toSubdatasets(items);
}

async function newestVersion(dataset: string, signal: AbortSignal) {
  const page = await must(
    api.GET("/datasets/{id}/snapshots", { signal, params: { path: { id: dataset }, query: { limit: 1 } } }),
  );
  return page.items[0] && `${page.items[0].number}`;
}
