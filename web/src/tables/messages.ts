import type { Format } from "./rows/source";
import type { View } from "./rows/view";

/** What the page asks. */
export type Question =
  | { kind: "open"; format: Format; size: number; table: number }
  | { kind: "choose"; place: number }
  | { kind: "view"; view: View }
  | { kind: "rows"; begin: number; end: number }
  | { kind: "save" }
  | { kind: "plot"; x: number | undefined; y: number; most: number };

export interface Opened {
  columns: string[];
  /** Whether each column has numbers. */
  isNumeric: boolean[];
  count: number;
  note: string | undefined;
  remark: string | undefined;
  /** The titles of the tables of the file, and the place of this one. */
  titles: string[];
  table: number;
}

export interface Rows {
  /** Their places in the file. */
  numbers: number[];
  rows: string[][];
}

export interface Points {
  x: number[];
  y: number[];
}

export type ToWorker = { id: number; question: Question } | { read: number; bytes?: Uint8Array; error?: string };

export type FromWorker =
  | { id: number; answer: unknown }
  | { id: number; error: string; isNoTable: boolean }
  | { read: number; begin: number; length: number }
  | { progress: number };
