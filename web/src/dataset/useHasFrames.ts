import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import type { Dataset } from "./context";

/** Whether there is a frame, or will be: the entry that describes them comes first. */
export function useHasFrames(dataset: Dataset, canRead: boolean): boolean {
  return useFramesQuery(dataset, canRead).hasFrames;
}

/** The same, with the state of the question. */
export function useFramesQuery(dataset: Dataset, canRead: boolean) {
  const isAsked = canRead && dataset.files > 0;
  const query = useQuery({
    queryKey: ["has-frames", dataset.id],
    queryFn: () =>
      must(
        api.GET("/datasets/{id}/tree", {
          params: { path: { id: dataset.id }, query: { prefix: "header", limit: 1 } },
        }),
      ),
    enabled: isAsked,
    staleTime: 60_000,
  });
  return {
    hasFrames: query.data?.items?.[0]?.path === "header",
    isPending: isAsked && query.isPending,
    error: query.error,
  };
}
