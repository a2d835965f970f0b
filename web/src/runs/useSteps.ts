import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";

/** The analysis steps of the server, the default one first. */
export function useSteps() {
  return useQuery({
    queryKey: ["analysis-steps"],
    queryFn: () => must(api.GET("/analyses/steps")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
