import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { api, must, type Schemas } from "../api/client";
import { ApiProblem } from "../api/problem";
import { waitForLogin } from "../api/session-watch";
import { announceLogin } from "./otherTabs";

export type Me = Schemas["CallerInfo"];

interface Session {
  /** Who is logged in; null for nobody. */
  me: Me | null;
  isLoading: boolean;
  /** What kept the portal from knowing, other than that nobody is logged in. */
  error: unknown;
  /** Asks the server again, after a login; answers who it is now. */
  refresh: () => Promise<Me | null>;
  hasRole: (...roles: string[]) => boolean;
}

const SessionContext = createContext<Session | null>(null);
const key = ["me"];

async function fetchMe(before: Me | null | undefined): Promise<Me | null> {
  try {
    return await must(api.GET("/me"));
  } catch (problem) {
    if (!(problem instanceof ApiProblem && problem.status === 401)) throw problem;
    // Somebody was at work here: the page stays as it is until they are logged in again, or give up.
    return before && (await waitForLogin()) ? await must(api.GET("/me")) : null;
  }
}

/** Knows who is logged in. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data, isPending, error } = useQuery({
    queryKey: key,
    queryFn: () => fetchMe(queries.getQueryData<Me | null>(key)),
    staleTime: 60_000,
  });
  const user = data?.user;
  useEffect(() => {
    if (user !== undefined) announceLogin();
  }, [user]);
  const session = useMemo<Session>(
    () => ({
      me: data ?? null,
      isLoading: isPending,
      error,
      refresh: async () => {
        await queries.invalidateQueries({ queryKey: key });
        return queries.getQueryData<Me | null>(key) ?? null;
      },
      hasRole: (...roles) => roles.some((role) => data?.roles?.includes(role) ?? false),
    }),
    [data, isPending, error, queries],
  );
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

/** Who is logged in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("There is no SessionProvider above.");
  return session;
}
