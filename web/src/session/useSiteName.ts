import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";

/** The name that the site was given; undefined while it is not known, or if it has none. */
export function useSiteName(): string | undefined {
  const { data } = useQuery({
    queryKey: ["server"],
    queryFn: () => must(api.GET("/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.site === "hutch" ? undefined : (data?.site ?? undefined);
}
