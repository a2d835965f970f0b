import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useLocation } from "react-router";

/** So many rows are drawn or left out together. */
export const chunkRows = 50;
/** Chunks that are so near to the window are drawn. */
const margin = "1000px 0px";
const usualRowHeight = 49;

/** Heights of chunks by the entry of the history, so that Back finds a page of the same height; of the newest few entries. */
const keptHeights = new Map<string, Map<number, number>>();
const mostKept = 20;

/**
 * The chunks of a table that is scrolled with the page: those near the window are drawn, the others are an empty space of their height. Rows
 * may have different heights. For print, all are drawn. Each chunk is a `tbody`.
 */
export function useChunks(rows: number, label: string) {
  const count = Math.ceil(rows / chunkRows);
  const table = useRef<HTMLTableElement>(null);
  const { key } = useLocation();
  const [heights] = useState(() => heightsOf(`${key} ${label}`));
  const [near, setNear] = useState<ReadonlySet<number>>(() => new Set([0]));
  const isPrinted = usePrint();

  useEffect(() => {
    const element = table.current;
    if (!element || count < 2) return;
    const places = new Map([...element.tBodies].map((body, chunk) => [body as Element, chunk]));
    const observer = new IntersectionObserver(
      (seen) =>
        setNear((before) => {
          const after = new Set(before);
          for (const { target, isIntersecting } of seen) {
            const chunk = places.get(target) as number;
            if (isIntersecting) after.add(chunk);
            else after.delete(chunk);
          }
          return after;
        }),
      { rootMargin: margin },
    );
    for (const body of element.tBodies) observer.observe(body);
    return () => observer.disconnect();
  }, [count]);

  useLayoutEffect(() => {
    for (const [chunk, body] of [...(table.current?.tBodies ?? [])].entries())
      if (!body.hasAttribute("aria-hidden")) heights.set(chunk, body.offsetHeight);
  });

  const rowsOf = (chunk: number) => Math.min(chunkRows, rows - chunk * chunkRows);
  return {
    table,
    count,
    isDrawn: (chunk: number) => count < 2 || isPrinted || near.has(chunk),
    /** Height of a row of a chunk that is not drawn: as it was, or as others are. */
    rowHeightOf: (chunk: number) => {
      const sample = heights.has(chunk) ? chunk : 0;
      return (heights.get(sample) ?? usualRowHeight * rowsOf(sample)) / Math.max(1, rowsOf(sample));
    },
    rowsOf,
  };
}

function heightsOf(entry: string): Map<number, number> {
  const heights = keptHeights.get(entry) ?? new Map<number, number>();
  keptHeights.delete(entry);
  keptHeights.set(entry, heights);
  const oldest = keptHeights.keys().next().value;
  if (keptHeights.size > mostKept && oldest !== undefined) keptHeights.delete(oldest);
  return heights;
}

/** Whether the page is printed. The browser prints what is drawn when its events return. */
function usePrint(): boolean {
  const [isPrinted, setPrinted] = useState(false);
  useEffect(() => {
    const media = window.matchMedia("print");
    const look = (event: Event) => flushSync(() => setPrinted(event.type === "beforeprint" || media.matches));
    media.addEventListener("change", look);
    window.addEventListener("beforeprint", look);
    window.addEventListener("afterprint", look);
    return () => {
      media.removeEventListener("change", look);
      window.removeEventListener("beforeprint", look);
      window.removeEventListener("afterprint", look);
    };
  }, []);
  return isPrinted;
}
