import { useCallback, useMemo, useState } from "react";
import type { Row } from "./rows";

/** As many as one request takes. */
export const mostSelected = 10_000;

/** The rows that are selected, by path; a folder's ends in a slash. */
export interface Selection {
  rows: ReadonlyMap<string, Row>;
  has: (row: Row) => boolean;
  /** Selects a row, or no longer; with `isRange`, all from the last one that was touched up to it. */
  touch: (index: number, isRange: boolean, rowAt: (index: number) => Row | undefined) => void;
  /** Selects these instead of all. */
  set: (rows: Row[]) => void;
  clear: () => void;
}

/** The rows from one index to another; undefined when some of them are not loaded, or they are too many. */
export function rangeOf(from: number, to: number, rowAt: (index: number) => Row | undefined): Row[] | undefined {
  const [first, last] = from < to ? [from, to] : [to, from];
  if (last - first >= mostSelected) return undefined;
  const rows: Row[] = [];
  for (let index = first; index <= last; index++) {
    const row = rowAt(index);
    if (!row) return undefined;
    rows.push(row);
  }
  return rows;
}

/** The state of a selection. What would be selected unseen is said to `onRefused`. */
export function useSelection(onRefused: () => void): Selection {
  const [rows, setRows] = useState<ReadonlyMap<string, Row>>(new Map());
  const [anchor, setAnchor] = useState<number>();
  const set = useCallback((next: Row[]) => setRows(new Map(next.map((row) => [row.path, row]))), []);
  const clear = useCallback(() => {
    setRows(new Map());
    setAnchor(undefined);
  }, []);
  return useMemo(
    () => ({
      rows,
      has: (row) => rows.has(row.path),
      touch: (index, isRange, rowAt) => {
        const row = rowAt(index);
        if (!row) return;
        const range = isRange && anchor !== undefined ? rangeOf(anchor, index, rowAt) : [row];
        if (!range || rows.size + range.length > mostSelected) {
          onRefused();
          return;
        }
        const next = new Map(rows);
        if (!isRange && rows.has(row.path)) next.delete(row.path);
        else for (const one of range) next.set(one.path, one);
        setRows(next);
        setAnchor(index);
      },
      set,
      clear,
    }),
    [rows, anchor, set, clear, onRefused],
  );
}
