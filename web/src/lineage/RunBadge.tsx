import type { Schemas } from "../api/client";
import { StatusBadge } from "../components/StatusBadge";

const colours: Record<string, string> = {
  queued: "yellow",
  running: "blue",
  done: "green",
  failed: "red",
  cancelled: "gray",
};

/** Status of a run. */
export function RunBadge({ run }: { run: Pick<Schemas["RunInfo"], "state"> }) {
  return <StatusBadge colours={colours}>{run.state}</StatusBadge>;
}
