import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { type Dataset, hasRight } from "./context";

const renewMs = 5_000;
const staleMs = 60_000;

/** The home of a dataset, the sites that have copies, and the rules about it, which only those see who manage it. */
export function useCopies(dataset: Dataset, isOn: boolean, isRenewed = false) {
  // Only the home of a dataset knows its copies and rules.
  const isHome = dataset.age == null;
  const options = { staleTime: staleMs, refetchInterval: isRenewed ? renewMs : (false as const) };
  const params = { params: { path: { id: dataset.id } } };
  const copies = useQuery({
    ...options,
    queryKey: ["copies", dataset.id],
    queryFn: () => must(api.GET("/datasets/{id}/copies", params)),
    enabled: isOn && isHome,
  });
  const rules = useQuery({
    ...options,
    queryKey: ["rules", dataset.id],
    queryFn: () => must(api.GET("/datasets/{id}/rules", params)),
    enabled: isOn && isHome && hasRight(dataset, "manage"),
  });
  return { copies, rules };
}

/**
 * Whether there is anything to say of a dataset's sites, or to ask of them by whoever manages it; most servers are the only site there is.
 */
export function useHasSites(dataset: Dataset, canRead: boolean): boolean {
  const { copies, rules } = useCopies(dataset, canRead);
  const { items = [], epoch = 1, movingTo, others = [] } = copies.data ?? {};
  return items.length + others.length > 0 || epoch > 1 || movingTo != null || (rules.data?.items.length ?? 0) > 0;
}
