/** The largest reduction that the server makes: 64 × 64 pixels become one. */
export const maxBin = 64;

/** Files below this say more about the latency of a line than about its rate. */
const leastBytes = 20_000;

/** Bytes a second that the line carries, by the largest file of the page that came over it; undefined when all came from a cache. */
export function bytesPerSecond(entries = performance.getEntriesByType("resource")): number | undefined {
  const files = (entries as PerformanceResourceTiming[]).filter((each) => each.transferSize > leastBytes);
  const [largest] = files.sort((a, b) => b.transferSize - a.transferSize);
  return largest && (largest.transferSize * 1000) / Math.max(1, largest.responseEnd - largest.responseStart);
}

/**
 * The reduction of the first picture of a frame: about as wide as the window, and smaller where the line would need more than a second for
 * it. A pixel of a reduced picture takes at most a byte, as the largest of many.
 */
export function sightBin(
  frame: { columns: number; rows: number },
  windowWidth: number,
  rate: number | undefined,
): number {
  const wide = frame.columns / windowWidth;
  const slow = rate === undefined ? 1 : Math.sqrt((frame.columns * frame.rows) / rate);
  return Math.min(maxBin, Math.ceil(Math.max(1, wide, slow)));
}
