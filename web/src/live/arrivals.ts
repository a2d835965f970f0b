import type { Schemas } from "../api/client";
import { parseFramePath } from "../frames/detector/path";

/** A rate is that of so many seconds. */
const rateSeconds = 5;
/** So many files of a dataset are remembered, so that a file that grows counts once. */
export const rememberedFiles = 20_000;
/** Rows of so many frames are kept for each run. */
export const keptRows = 200;

interface Arrival {
  /** The newest frame; 0 if no frame came. */
  newest: number;
  /** The newest file. */
  path: string;
  /** When the last file came, milliseconds. */
  last: number;
  /** The number of the last file among all that came: many come within a millisecond. */
  order: number;
  /** Files by second. */
  seconds: Map<number, number>;
  /** The files that have counted, the one that changed last at the end. */
  counted: Set<string>;
}

/** What has arrived since somebody looks. The clock is the reader's own: those of others may be wrong. */
export class Arrivals {
  readonly #arrivals = new Map<string, Arrival>();
  readonly #rows = new Map<string, Map<number, Schemas["ResultRow"]>>();
  #files = 0;

  /** Takes an event of the server; says whether it was about files or results. */
  take(event: Schemas["EventInfo"], now: number): boolean {
    const data = (event.data ?? {}) as { path?: string; run?: string; frame?: number; row?: Schemas["ResultRow"] };
    if (event.kind === "result.row" && data.run !== undefined && data.row !== undefined) {
      this.addRow(data.run, data.row);
      return true;
    }
    if (event.kind !== "entry.put" || event.dataset == null || data.path === undefined) return false;
    this.#addFile(event.dataset, data.path, now);
    return true;
  }

  /** Takes a row of a run: its numbers, as texts may be long. */
  addRow(run: string, row: Schemas["ResultRow"]): void {
    const rows = this.#rows.get(plain(run)) ?? new Map<number, Schemas["ResultRow"]>();
    this.#rows.set(plain(run), rows);
    const numbers = Object.fromEntries(Object.entries(row).filter(([, value]) => typeof value === "number"));
    rows.set(row["file-number"], { ...numbers, "file-number": row["file-number"] });
    if (rows.size > keptRows * 2)
      for (const frame of [...rows.keys()].sort((a, b) => a - b).slice(0, rows.size - keptRows)) rows.delete(frame);
  }

  /** The rows of the last frames of a run, by frame. */
  rowsOf(run: string): Schemas["ResultRow"][] {
    return [...(this.#rows.get(plain(run))?.values() ?? [])]
      .sort((a, b) => a["file-number"] - b["file-number"])
      .slice(-keptRows);
  }

  /** The newest frame that arrived; undefined if none did since somebody looks. */
  newest(dataset: string): number | undefined {
    return this.#arrivals.get(dataset)?.newest || undefined;
  }

  /** The newest file that arrived; undefined if none did since somebody looks. */
  path(dataset: string): string | undefined {
    return this.#arrivals.get(dataset)?.path;
  }

  /** When the last file arrived, milliseconds; 0 if none did since somebody looks. */
  last(dataset: string): number {
    return this.#arrivals.get(dataset)?.last ?? 0;
  }

  /** Files a second. */
  rate(dataset: string, now: number): number {
    const seconds = this.#arrivals.get(dataset)?.seconds ?? new Map<number, number>();
    const second = Math.floor(now / 1000);
    let frames = 0;
    // The second that is not over yet would make it too low.
    for (let before = 1; before <= rateSeconds; before++) frames += seconds.get(second - before) ?? 0;
    return frames / rateSeconds;
  }

  /** The datasets whose files arrived, the last first. */
  get datasets(): string[] {
    return [...this.#arrivals.entries()].sort(([, a], [, b]) => b.order - a.order).map(([dataset]) => dataset);
  }

  #addFile(dataset: string, path: string, now: number): void {
    const arrival = this.#arrivals.get(dataset) ?? {
      newest: 0,
      path,
      last: 0,
      order: 0,
      seconds: new Map<number, number>(),
      counted: new Set<string>(),
    };
    this.#arrivals.set(dataset, arrival);
    const frame = parseFramePath(path);
    if (frame?.channel === "") arrival.newest = Math.max(arrival.newest, frame.number);
    arrival.path = path;
    arrival.last = now;
    arrival.order = ++this.#files;
    if (!isNew(arrival.counted, path)) return;
    const second = Math.floor(now / 1000);
    arrival.seconds.set(second, (arrival.seconds.get(second) ?? 0) + 1);
    for (const before of arrival.seconds.keys()) if (before < second - rateSeconds) arrival.seconds.delete(before);
  }
}

/** Whether a file comes for the first time: each growth of it is an event, too. */
function isNew(counted: Set<string>, path: string): boolean {
  const wasKnown = counted.delete(path);
  counted.add(path);
  if (counted.size > rememberedFiles) counted.delete(counted.values().next().value as string);
  return !wasKnown;
}

/** Ids of runs are written with and without dashes. */
function plain(run: string): string {
  return run.replaceAll("-", "");
}
