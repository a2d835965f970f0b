import type { Schemas } from "../api/client";

export type ResultRow = Schemas["ResultRow"];

export type Column = Schemas["ResultColumn"];

/** A quantity measured on each frame. */
export interface Measure {
  key: string;
  label: string;
  digits: number;
  /** The value that stands for "unknown". */
  unknown?: number;
  /** Measures of one axis have one scale. */
  axis: string;
  colour: [light: string, dark: string];
  /** What it means, in a sentence. */
  description: string;
  /** Smaller is better, as for a resolution in Å: its axis grows downwards. */
  isDown: boolean;
}

const colours: Measure["colour"][] = [
  ["#066a7c", "#4da6b5"],
  ["#a61e4d", "#f783ac"],
  ["#5f3dc4", "#9775fa"],
  ["#2b8a3e", "#69db7c"],
  ["#b35900", "#ffa94d"],
  ["#1864ab", "#74c0fc"],
  ["#495057", "#ced4da"],
  ["#0b7285", "#66d9e8"],
  ["#862e9c", "#e599f7"],
];

/** What people read above a column. */
export const labelOf = (column: Column): string => (column.unit ? `${column.title} (${column.unit})` : column.title);

/** The columns that are numbers, as what can be plotted: one axis for each unit. */
export function toMeasures(columns: Column[]): Measure[] {
  return columns
    .filter((column) => column.kind === "integer" || column.kind === "number")
    .map((column, index) => ({
      key: column.name,
      label: labelOf(column),
      digits: column.decimals ?? 0,
      unknown: column.unknown,
      axis: column.unit ?? column.kind,
      description: column.description,
      isDown: column.unit === "Å",
      colour: colours[index % colours.length] as Measure["colour"],
    }));
}

/** The columns of rows whose step this server does not know (any more): what is in them. */
export function columnsOf(rows: ResultRow[]): Column[] {
  const found = new Map<string, Column>();
  for (const row of rows)
    for (const [name, value] of Object.entries(row))
      if (name !== "file-number" && name !== "error" && value !== null && !found.has(name))
        found.set(name, {
          name,
          title: name,
          description: name,
          kind: typeof value === "number" ? "number" : "text",
          decimals: 3,
          inPlot: typeof value === "number" && found.size === 0,
        });
  return [...found.values()];
}

/** A value of a row as it is shown in a table. */
export function shown(row: ResultRow, column: Column): string {
  const value = row[column.name];
  if (value === undefined || value === null || value === column.unknown) return "–";
  return typeof value === "number" ? rounded(value, column.decimals ?? 0) : String(value);
}

/** Formats a number with these decimals. One that they would round to zero keeps three digits. */
function rounded(value: number, decimals: number): string {
  const isSmall = value !== 0 && Math.abs(value) < 10 ** -decimals;
  return isSmall ? String(Number(value.toPrecision(3))) : value.toFixed(decimals);
}

/** A value of a row; null where there is none. */
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
