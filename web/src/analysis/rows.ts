import type { Schemas } from "../api/client";

export type ResultRow = Schemas["ResultRow"];

/** A quantity measured on each frame. */
export interface Measure {
  key: keyof ResultRow;
  label: string;
  digits: number;
  /** The value that stands for "unknown". */
  unknown?: number;
  axis: "left" | "right";
  colour: [light: string, dark: string];
}

/** The result columns of the analysis. */
export const measures: Measure[] = [
  { key: "n_spots_total", label: "Spots", digits: 0, axis: "left", colour: ["#066a7c", "#4da6b5"] },
  { key: "n_spots_no_ice", label: "Spots without ice", digits: 0, axis: "left", colour: ["#a61e4d", "#f783ac"] },
  { key: "n_spots_4A", label: "Spots beyond 4 Å", digits: 0, axis: "left", colour: ["#5f3dc4", "#9775fa"] },
  {
    key: "estimated_d_min",
    label: "Resolution (Å)",
    digits: 2,
    unknown: -1,
    axis: "right",
    colour: ["#b35900", "#ffa94d"],
  },
  { key: "total_intensity", label: "Intensity", digits: 0, axis: "right", colour: ["#2b8a3e", "#69db7c"] },
  {
    key: "d_min_distl_method_1",
    label: "d min, method 1 (Å)",
    digits: 2,
    unknown: -1,
    axis: "right",
    colour: ["#1864ab", "#74c0fc"],
  },
  {
    key: "noisiness_method_1",
    label: "Noisiness 1",
    digits: 3,
    unknown: -1,
    axis: "right",
    colour: ["#495057", "#ced4da"],
  },
  {
    key: "d_min_distl_method_2",
    label: "d min, method 2 (Å)",
    digits: 2,
    unknown: -1,
    axis: "right",
    colour: ["#0b7285", "#66d9e8"],
  },
  {
    key: "noisiness_method_2",
    label: "Noisiness 2",
    digits: 3,
    unknown: -1,
    axis: "right",
    colour: ["#862e9c", "#e599f7"],
  },
];

/** A value of a row; null if unknown. */
export function measured(row: ResultRow, measure: Measure): number | null {
  const value = row[measure.key];
  return typeof value === "number" && value !== measure.unknown ? value : null;
}

/** Rows in frame order. A row delivered twice replaces the first. */
export class Rows {
  readonly #byFrame = new Map<number, ResultRow>();
  #sorted: ResultRow[] | undefined;

  add(row: ResultRow): void {
    this.#byFrame.set(row["file-number"], row);
    this.#sorted = undefined;
  }

  get count(): number {
    return this.#byFrame.size;
  }

  get sorted(): ResultRow[] {
    this.#sorted ??= [...this.#byFrame.values()].sort((a, b) => a["file-number"] - b["file-number"]);
    return this.#sorted;
  }
}

/** Columns for the plot: frame numbers first, then each measure. */
export function toColumns(rows: ResultRow[], shown: Measure[]): (number | null)[][] {
  return [rows.map((row) => row["file-number"]), ...shown.map((measure) => rows.map((row) => measured(row, measure)))];
}
