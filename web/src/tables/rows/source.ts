import { tables as t } from "../../messages/en";
import { formatCount } from "../../text/format";

/** How a file is read. `columns` is CSV or SPEC of a file that may be a text: it has two columns at least. */
export type Format = "csv" | "columns" | "lines" | "star" | "numpy" | "parquet";

/** The rows of a file. */
export interface RowSource {
  columns: string[];
  count: number;
  /** Why these are not all rows of the file; undefined if they are. */
  note: string | undefined;
  /** What else the file has, and what is odd in it. */
  remark?: string | undefined;
  /** The texts of some rows, in the order of the columns; very long ones are cut, unless they are wanted as a whole. */
  rows(numbers: number[], isWhole?: boolean): Promise<string[][]>;
  /** All texts of a column. */
  column(place: number): Promise<string[]>;
}

/** The tables of a file. */
export interface Tables {
  /** Their titles; one without a title for a file that is one table. */
  titles: string[];
  open(place: number): RowSource;
}

/** Reads a range of the file. */
export type Read = (begin: number, length: number) => Promise<Uint8Array>;

/** The file is not what its name says: another viewer shows it. */
export class NotATable extends Error {}

/** So many columns are shown. */
export const maxColumns = 2000;

/** What is said of a table with more columns; undefined of others. */
export function noteOfColumns(count: number): string | undefined {
  return count > maxColumns ? t.theseAreTheFirstOfColumns(formatCount(maxColumns), formatCount(count)) : undefined;
}

/** A longer text is cut where it is shown. */
export const maxCellLetters = 2000;

export function cut(text: string, isWhole = false): string {
  return text.length > maxCellLetters && !isWhole ? `${text.slice(0, maxCellLetters)}…` : text;
}
