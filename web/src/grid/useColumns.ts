import { type RefObject, useLayoutEffect, useMemo, useState } from "react";

const spare = 2;

/** The columns in view of a wide table. */
export interface Columns {
  first: number;
  last: number;
  /** Width of the columns before the first one. */
  before: number;
  /** Width of all columns. */
  total: number;
}

/** Which columns are in view, by where each of them begins and the last one ends. */
export function columnsIn(starts: number[], left: number, width: number): { first: number; last: number } {
  const count = starts.length - 1;
  const first = starts.findLastIndex((start) => start <= left);
  const next = starts.findIndex((start) => start >= left + width);
  return {
    first: Math.max(0, Math.min(first, count - 1) - spare),
    last: Math.min(count - 1, (next < 0 ? count : next) - 1 + spare),
  };
}

/** Where each column begins, and the last one ends. */
export function startsOf(widths: number[]): number[] {
  const starts = [0];
  for (const width of widths) starts.push((starts.at(-1) as number) + width);
  return starts;
}

/** The columns that are scrolled to; the others are not drawn. */
export function useColumns(scroller: RefObject<HTMLElement>, widths: number[]): Columns {
  const starts = useMemo(() => startsOf(widths), [widths]);
  const [seen, setSeen] = useState(() => columnsIn(starts, 0, 0));
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const now = columnsIn(starts, element.scrollLeft, element.clientWidth);
      setSeen((before) => (before.first === now.first && before.last === now.last ? before : now));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller, starts]);
  const last = Math.min(seen.last, widths.length - 1);
  const first = Math.min(seen.first, Math.max(0, last));
  return { first, last, before: starts[first] as number, total: starts[widths.length] as number };
}
