import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { api, must, type Schemas } from "../api/client";
import { ApiProblem } from "../api/problem";

export type Me = Schemas["CallerInfo"];

interface Session {
  /** Who is logged in; null for nobody. */
  me: Me | null;
  isLoading: boolean;
  /** What kept the portal from knowing, other than that nobody is logged in. */
  error: unknown;
  /** Asks the server again, after a login. */
  refresh: () => Promise<void>;
  hasRole: (...roles: string[]) => boolean;
}

const SessionContext = createContext<Session | null>(null);

async function fetchMe(): Promise<Me | null> {
  try {
    return await must(api.GET("/me"));
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status === 401) return null;
    throw problem;
  }
}

/** Knows who is logged in. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data, isPending, error } = useQuery({ queryKey: ["me"], queryFn: fetchMe, staleTime: 60_000 });
  const session = useMemo<Session>(
    () => ({
      me: data ?? null,
      isLoading: isPending,
      error,
      refresh: () => queries.invalidateQueries({ queryKey: ["me"] }),
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
