import { useLocation } from "react-router";

/** Where a visitor logs in, to come back to this page. */
export function useLoginAddress(): string {
  const { pathname, search } = useLocation();
  return pathname === "/" ? "/login" : `/login?return=${encodeURIComponent(pathname + search)}`;
}
