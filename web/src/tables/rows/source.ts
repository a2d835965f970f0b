import { tables as t } from "../../messages/en";
import { formatCount } from "../../text/format";

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
