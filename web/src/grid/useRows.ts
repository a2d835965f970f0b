import { useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState } from "react";
import { ScaledWindow } from "./scaledWindow";

/** The scroll bar of a scaled list follows when it has not moved for so long. */
const settleMs = 200;
const viewBeforeLayout = 600;

interface RowsOptions {
  /** How many rows there are; more may come. */
  count: number;
  rowHeight: number;
  /** Height of the head, which stays above the rows. */
  head?: number;
  /** How many rows are drawn before and after those in view. */
  spare?: number;
  /** Where the list begins, in points of its full height, as soon as it has so many rows. */
  start?: number;
  onPlace?: (place: number) => void;
}

export type Rows = ReturnType<typeof useRows>;

/** The rows in view of a list of any length, in an element of its own that scrolls. */
export function useRows({ count, rowHeight, head = 0, spare = 8, start = 0, onPlace }: RowsOptions) {
  const scroller = useRef<HTMLDivElement>(null);
  const [frame] = useState(() => new ScaledWindow(rowHeight));
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [view, setView] = useState(viewBeforeLayout);
  const place = useRef(start);
  const wanted = useRef<number | undefined>(start || undefined);
  const settling = useRef<number>();
  const told = useRef(onPlace);
  told.current = onPlace;
  const viewOf = useCallback((element: HTMLElement) => element.clientHeight - head, [head]);

  const moveTo = useCallback(
    (to: number) => {
      const element = scroller.current;
      place.current = to;
      if (element) element.scrollTop = frame.moveTo(to, viewOf(element));
    },
    [frame, viewOf],
  );

  // More rows: the visible ones stay in place.
  if (frame.fullHeight !== count * rowHeight) frame.setRows(count);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bar is reset when the number of rows changes
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const most = Math.max(0, frame.fullHeight - viewOf(element));
    const to = wanted.current ?? Math.min(place.current, most);
    if (to <= most) wanted.current = undefined;
    moveTo(to);
  }, [count, frame]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onScroll = () => {
      place.current = frame.scrolled(element.scrollTop, viewOf(element));
      if (wanted.current === undefined) told.current?.(place.current);
      window.clearTimeout(settling.current);
      if (frame.isScaled) settling.current = window.setTimeout(() => moveTo(place.current), settleMs);
      redraw();
    };
    const onOwn = () => {
      wanted.current = undefined;
    };
    const observer = new ResizeObserver(() => setView(viewOf(element)));
    observer.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    element.addEventListener("wheel", onOwn, { passive: true });
    return () => {
      window.clearTimeout(settling.current);
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onOwn);
    };
  }, [frame, moveTo, viewOf]);

  /** Scrolls to a row as little as needed. */
  const show = useCallback(
    (row: number) => {
      const element = scroller.current;
      wanted.current = undefined;
      if (!element) return;
      const [top, inView] = [row * rowHeight, viewOf(element)];
      if (top < place.current) moveTo(top);
      else if (top + rowHeight > place.current + inView) moveTo(top + rowHeight - inView);
    },
    [rowHeight, moveTo, viewOf],
  );
  const toTop = useCallback(() => {
    wanted.current = undefined;
    moveTo(0);
    redraw();
  }, [moveTo]);

  return {
    scroller,
    first: Math.max(0, Math.floor(place.current / rowHeight) - spare),
    last: Math.min(count - 1, Math.ceil((place.current + view) / rowHeight) + spare),
    /** The last row that must be loaded, to begin where the list was before. */
    lastWanted: Math.ceil((wanted.current ?? 0) / rowHeight),
    /** Height of the element of the rows. */
    height: frame.height,
    topOf: (row: number) => frame.topOf(row),
    /** How many rows a key for pages passes. */
    page: Math.max(1, Math.floor(view / rowHeight) - 1),
    show,
    toTop,
  };
}
