import type { Schemas } from "../api/client";
import { parseFramePath } from "../frames/detector/path";

/** A rate is that of so many seconds. */
const rateSeconds = 5;
/** Spots of so many frames are kept for each run. */
export const keptSpots = 200;

/** Spots of a frame; null for a frame that could not be analysed. */
export interface Spots {
  frame: number;
  count: number | null;
}

interface Arrival {
  newest: number;
  /** When the last frame came, milliseconds. */
  last: number;
  /** The number of the last frame among all that came: many come within a millisecond. */
  order: number;
  /** Frames by second. */
  seconds: Map<number, number>;
}

/** What has arrived since somebody looks. The clock is the reader's own: those of others may be wrong. */
export class Arrivals {
  readonly #series = new Map<string, Arrival>();
  readonly #spots = new Map<string, Map<number, number | null>>();
  #frames = 0;

  /** Takes an event of the server; says whether it was about frames or results. */
  take(event: Schemas["EventInfo"], now: number): boolean {
    const data = (event.data ?? {}) as { path?: string; run?: string; frame?: number; row?: Schemas["ResultRow"] };
    if (event.kind === "result.row" && data.run !== undefined && data.row !== undefined) {
      this.addSpots(data.run, data.row);
      return true;
    }
    const found = event.kind === "entry.put" ? parseFramePath(data.path ?? "") : undefined;
    if (found?.channel !== "" || event.dataset == null) return false;
    this.#addFrame(event.dataset, found.number, now);
    return true;
  }

  /** Takes a row of a run that looks for spots. */
  addSpots(run: string, row: Schemas["ResultRow"]): void {
    const spots = this.#spots.get(plain(run)) ?? new Map<number, number | null>();
    this.#spots.set(plain(run), spots);
    spots.set(row["file-number"], typeof row.n_spots_total === "number" ? row.n_spots_total : null);
    if (spots.size > keptSpots * 2)
      for (const frame of [...spots.keys()].sort((a, b) => a - b).slice(0, spots.size - keptSpots)) spots.delete(frame);
  }

  /** The spots of the last frames of a run, by frame. */
  spotsOf(run: string): Spots[] {
    return [...(this.#spots.get(plain(run)) ?? [])]
      .map(([frame, count]) => ({ frame, count }))
      .sort((a, b) => a.frame - b.frame)
      .slice(-keptSpots);
  }

  /** The newest frame that arrived; undefined if none did since somebody looks. */
  newest(dataset: string): number | undefined {
    return this.#series.get(dataset)?.newest;
  }

  /** When the last frame arrived, milliseconds; 0 if none did since somebody looks. */
  last(dataset: string): number {
    return this.#series.get(dataset)?.last ?? 0;
  }

  /** Frames a second. */
  rate(dataset: string, now: number): number {
    const seconds = this.#series.get(dataset)?.seconds ?? new Map<number, number>();
    const second = Math.floor(now / 1000);
    let frames = 0;
    // The second that is not over yet would make it too low.
    for (let before = 1; before <= rateSeconds; before++) frames += seconds.get(second - before) ?? 0;
    return frames / rateSeconds;
  }

  /** The datasets whose frames arrived, the last first. */
  get datasets(): string[] {
    return [...this.#series.entries()].sort(([, a], [, b]) => b.order - a.order).map(([dataset]) => dataset);
  }

  #addFrame(dataset: string, number: number, now: number): void {
    const arrival = this.#series.get(dataset) ?? { newest: 0, last: 0, order: 0, seconds: new Map<number, number>() };
    this.#series.set(dataset, arrival);
    arrival.newest = Math.max(arrival.newest, number);
    arrival.last = now;
    arrival.order = ++this.#frames;
    const second = Math.floor(now / 1000);
    arrival.seconds.set(second, (arrival.seconds.get(second) ?? 0) + 1);
    for (const before of arrival.seconds.keys()) if (before < second - rateSeconds) arrival.seconds.delete(before);
  }
}

/** Ids of runs are written with and without dashes. */
function plain(run: string): string {
  return run.replaceAll("-", "");
}
