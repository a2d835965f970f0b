import type { Schemas } from "../api/client";

type Live = Schemas["LiveInfo"];

/** A capture without new data for so long has ended, or its detector pauses. */
const quietMs = 60_000;

/** Whether data arrive, or did a moment ago. */
export function isArriving({ entriesPerSecond, last }: Live["captures"][number], now: string): boolean {
  return entriesPerSecond > 0 && new Date(now).getTime() - new Date(last).getTime() < quietMs;
}

/** What is under way, without runs that have nothing to do and captures that have ended. */
export function running(live: Live): Live {
  return {
    ...live,
    runs: live.runs.filter((run) => run.attempt != null || run.state !== "idle" || run.waiting + run.inWork > 0),
    captures: live.captures.filter((capture) => isArriving(capture, live.time)),
  };
}
