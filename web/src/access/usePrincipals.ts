import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { useSession } from "../session/session";

const most = 1000;

export interface Principals {
  groups: string[];
  people: string[];
}

/** Groups and people to suggest: those of one's groups, and for who administers accounts everybody. */
export function usePrincipals(): Principals {
  const { me, hasRole } = useSession();
  const seesAll = hasRole("administrator");
  const groups = useQuery({
    queryKey: ["groups"],
    queryFn: () => must(api.GET("/groups", { params: { query: { limit: most } } })),
  });
  const users = useQuery({
    queryKey: ["users", "names"],
    queryFn: () => must(api.GET("/users", { params: { query: { limit: most } } })),
    enabled: seesAll,
  });
  const items = groups.data?.items ?? [];
  const members = items.flatMap((group) => (group.members ?? []).map(({ user }) => user));
  const known = [...members, ...(users.data?.items ?? []).filter((user) => !user.disabled).map(({ name }) => name)];
  return {
    groups: items.map(({ name }) => name).sort(),
    people: [...new Set(known)].filter((name) => name !== me?.user).sort(),
  };
}
