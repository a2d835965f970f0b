import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { apiRoot } from "../api/base";
import { readAgain } from "../api/readAgain";

const kinds = [
  "dataset.described",
  "dataset.closed",
  "dataset.trashed",
  "dataset.restored",
  "dataset.ended",
  "metadata.set",
  "retention.told",
  "entry.put",
  "entry.removed",
  "snapshot.taken",
  "snapshot.dropped",
  "tag.set",
  "tag.removed",
  "run.started",
  "run.finished",
  "result.row",
];
const stale = [
  "dataset",
  "snapshots",
  "metadata",
  "metadata-history",
  "people",
  "retention",
  "lineage",
  "runs",
  "results",
  "activity",
];
const pauseMs = 500;

/**
 * Refreshes the page when the dataset changes elsewhere. Only the visible tab listens: browsers allow few connections per server, and a
 * hidden tab must not hold one.
 */
export function useDatasetEvents(id: string, isOn: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!isOn) return;
    let source: EventSource | undefined;
    let timer: number | undefined;
    const renew = () => {
      timer = undefined;
      for (const key of stale) void readAgain(queries, [key, id]);
    };
    const heard = () => {
      timer ??= window.setTimeout(renew, pauseMs);
    };
    const listen = () => {
      if (document.hidden) {
        source?.close();
        source = undefined;
      } else if (!source) {
        source = new EventSource(`${apiRoot}/events?dataset=${encodeURIComponent(id)}`);
        for (const kind of kinds) source.addEventListener(kind, heard);
        // The stream starts where it was opened: what happened since the page was read, or while the line was cut, is not in it.
        source.addEventListener("open", heard);
      }
    };
    const seen = () => {
      listen();
      if (!document.hidden) heard();
    };
    listen();
    document.addEventListener("visibilitychange", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      window.clearTimeout(timer);
      source?.close();
    };
  }, [id, isOn, queries]);
}
