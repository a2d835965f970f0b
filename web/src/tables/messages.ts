import type { View } from "./rows/view";

/** How the file is read. */
/** `columns` is CSV of a file that may be a text: it has two columns at least. */
export type Format = "csv" | "columns" | "lines" | "parquet";

/** What the page asks. */
export type Question =
  | { kind: "open"; format: Format; size: number }
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
