import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";

/** This server, its site and its zone. */
export function useServer() {
  return useQuery({
    queryKey: ["server"],
    queryFn: () => must(api.GET("/")),
    staleTime: Number.POSITIVE_INFINITY,
    initialData: fromPage,
  });
}

/** The page brings it along; only the development server does not. */
function fromPage(): Schemas["ServerInfo"] | undefined {
  const text = document.querySelector<HTMLMetaElement>('meta[name="server"]')?.content;
  return text ? (JSON.parse(text) as Schemas["ServerInfo"]) : undefined;
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
