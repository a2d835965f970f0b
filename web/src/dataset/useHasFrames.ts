import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import type { Dataset } from "./context";

/** Whether there is a frame, or will be: the entry that describes them comes first. */
export function useHasFrames(dataset: Dataset, canRead: boolean): boolean {
  const query = useQuery({
    queryKey: ["has-frames", dataset.id],
    queryFn: () =>
      must(
        api.GET("/datasets/{id}/tree", {
          params: { path: { id: dataset.id }, query: { prefix: "header", limit: 1 } },
        }),
      ),
    enabled: canRead && dataset.files > 0,
    staleTime: 60_000,
  });
  return query.data?.items?.[0]?.path === "header";
}
