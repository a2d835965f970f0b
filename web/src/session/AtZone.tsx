import { type ReactNode, useEffect } from "react";
import { Outlet, useLocation } from "react-router";
import { Loading } from "../components/Loading";
import { session as t } from "../messages/en";
import { useServer } from "./useSiteName";

/**
 * Pages of links, invites and codes, which only the zone knows: at a site of the zone, the browser opens the same address at the zone's
 * portal. The secret stays in the URL fragment, which reaches no log.
 */
export function AtZone({ children = <Outlet /> }: { children?: ReactNode }) {
  const { pathname, search, hash } = useLocation();
  const server = useServer();
  const zone = server.data?.zonePortal;
  useEffect(() => {
    if (zone) window.location.replace(zone + pathname + search + hash);
  }, [zone, pathname, search, hash]);
  return server.isPending || zone ? <Loading label={t.openingTheLink} /> : children;
}
