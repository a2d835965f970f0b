import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";

const maxRuns = 100;
/** What comes without an event is seen after so long. */
const renewMs = 10_000;

/** The newest runs on datasets of a visit; none for those who may not list runs, as a screen. */
export function useVisitRuns(visit: string, isOn: boolean): Schemas["RunInfo"][] {
  const runs = useQuery({
    queryKey: ["live", "runs", "strip", visit],
    queryFn: () => must(api.GET("/runs", { params: { query: { limit: maxRuns, owner: visit } } })),
    enabled: isOn,
    refetchInterval: renewMs,
    retry: false,
  });
  return runs.data?.items ?? [];
}
