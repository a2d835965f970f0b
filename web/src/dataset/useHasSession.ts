import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import type { Dataset } from "./context";
import { hasSign } from "./sessionSigns";

/** True if the type or a name at the top belongs to a session at a microscope. */
export function useHasSession(dataset: Dataset, canRead: boolean): boolean {
  const isOfType = dataset.type === "cryoem" || dataset.type.startsWith("cryoem/");
  const query = useQuery({
    queryKey: ["has-session", dataset.id],
    queryFn: () =>
      must(
        api.GET("/datasets/{id}/tree", {
          params: { path: { id: dataset.id }, query: { delimiter: "/", limit: 1000 } },
        }),
      ),
    enabled: canRead && !isOfType && dataset.files > 0,
    staleTime: 60_000,
  });
  return canRead && dataset.files > 0 && (isOfType || hasSign(query.data?.items?.map(({ path }) => path) ?? []));
}
