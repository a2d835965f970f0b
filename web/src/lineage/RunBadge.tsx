import type { Schemas } from "../api/client";
import { StatusBadge } from "../components/StatusBadge";

const colours: Record<string, string> = {
  queued: "yellow",
  running: "blue",
  waiting: "yellow",
  "handed-over": "blue",
  done: "green",
  failed: "red",
  cancelled: "gray",
};

const hour = 3600_000;

/** Whether an analysis has run for an hour without a frame: it follows a dataset into which none comes. */
export function isWaiting(run: Pick<Schemas["RunInfo"], "state" | "started">, frames: number, now: number): boolean {
  return run.state === "running" && frames === 0 && now - Date.parse(run.started) > hour;
}

/** Status of a run. */
export function RunBadge({ run }: { run: Pick<Schemas["RunInfo"], "state"> }) {
  return <StatusBadge colours={colours}>{run.state}</StatusBadge>;
}
