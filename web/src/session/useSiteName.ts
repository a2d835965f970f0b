import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";

/** This server, its site and its zone. */
export function useServer() {
  return useQuery({
    queryKey: ["server"],
    queryFn: () => must(api.GET("/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The name that the site was given; undefined while it is not known, or if it has none. */
export function useSiteName(): string | undefined {
  const { data } = useServer();
  return data?.site === "hutch" ? undefined : (data?.site ?? undefined);
}

/** The portal of the zone to which this site belongs: people log in there. Undefined at the zone itself. */
export function useZonePortal(): string | undefined {
  return useServer().data?.zonePortal ?? undefined;
}
