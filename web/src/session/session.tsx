import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { api, must, type Schemas } from "../api/client";
import { ApiProblem } from "../api/problem";
import { waitForLogin } from "../api/relogin";
import { announceLogin } from "./otherTabs";

export type Me = Schemas["CallerInfo"];

/** Whether this is somebody with an account, and not a visitor or the holder of a share link. */
export function isPerson(me: Me | null): boolean {
  return me !== null && (me.session === undefined || me.session.user !== undefined);
}

interface Session {
  /** The current user; null if nobody is logged in. */
  me: Me | null;
  isLoading: boolean;
  /** Why the current user could not be loaded; null when the user is known from before. */
  error: unknown;
  /** Reloads the current user, after a login. */
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
    if (!before) return null;
    // The session expired during work. Without a new login the page stays, because it may contain typed text.
    return (await waitForLogin(true)) ? await must(api.GET("/me")) : before;
  }
}

/** Provides the current user. */
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
      // The current user stays while the server does not answer, because the page may contain typed text.
      error: data === undefined ? error : null,
      refresh: async () => {
        await queries.invalidateQueries({ queryKey: key });
        const now = queries.getQueryData<Me | null>(key) ?? null;
        // Data that were loaded for another user, or for a visitor, must not be shown to this user.
        if (now?.user !== user) queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== key[0] });
        return now;
      },
      hasRole: (...roles) => roles.some((role) => data?.roles?.includes(role) ?? false),
    }),
    [data, user, isPending, error, queries],
  );
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

/** The current user. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession needs a SessionProvider.");
  return session;
}
