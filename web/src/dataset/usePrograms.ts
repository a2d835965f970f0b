import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";
import { isPerson, useSession } from "../session/session";

export type Program = Schemas["ProgramInfo"];

const freshMs = 60_000;

/** The programs of the site, for people with an account: they alone may start one. */
export function usePrograms() {
  const { me } = useSession();
  return useQuery({
    queryKey: ["programs"],
    queryFn: () => must(api.GET("/programs")),
    staleTime: freshMs,
    enabled: isPerson(me),
  });
}
