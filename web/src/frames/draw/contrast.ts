import { histogramSize, type Statistics } from "../decode/pixels";

/** The share of valid pixels that is not drawn in full. */
const share = 0.999;
const leastHigh = 8;

/**
 * A contrast for a frame: background near nothing, spots in full. Spots are a small part of the pixels, and far out the largest of many
 * pixels is drawn, so that the end is well above the background.
 */
export function contrastFor({ valid, max, histogram }: Statistics): { low: number; high: number } {
  let left = valid * share;
  for (let count = 0; count < histogramSize - 1; count++) {
    left -= histogram[count] as number;
    if (left <= 0) return { low: 0, high: Math.max(leastHigh, Math.min(max, count * 3)) };
  }
  return { low: 0, high: Math.max(leastHigh, max) };
}
