import type { QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Reads again what the server has told to be stale. The library lets a first answer that is on its way count as the newest one, though the
 * server may have given it before the change: such an answer is waited for, and then read again.
 */
export async function readAgain(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  const first = queries
    .getQueryCache()
    .findAll({ queryKey, fetchStatus: "fetching" })
    .filter((query) => query.state.data === undefined);
  await Promise.allSettled(first.map((query) => query.promise));
  await queries.invalidateQueries({ queryKey });
}
