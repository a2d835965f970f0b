import type { Picture } from "../decode/picture";
import { numberOf } from "../decode/pixels";
import type { Header } from "./header";
import type { Mask } from "./mask";
import { describePixel } from "./reading";

/** Two points of a frame: the ends of a line, or opposite corners of a region. Pixels from the upper left corner. */
export interface Span {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** What the valid pixels of a region have. */
export interface RegionStatistics {
  pixels: number;
  valid: number;
  sum: number;
  mean: number;
  /** Standard deviation of the counts. */
  deviation: number;
  min: number;
  max: number;
}

const mostSteps = 20_000;

/** The counts along a line, one for each pixel of its length; null where a pixel does not count. */
export function profileOf(picture: Picture, header: Header, mask: Mask | undefined, span: Span): (number | null)[] {
  const { x1, y1, x2, y2 } = span;
  const steps = Math.min(mostSteps, Math.max(1, Math.round(Math.hypot(x2 - x1, y2 - y1))));
  return Array.from({ length: steps + 1 }, (_, step) => {
    const part = step / steps;
    const pixel = describePixel(
      picture,
      header,
      mask,
      Math.floor(x1 + (x2 - x1) * part),
      Math.floor(y1 + (y2 - y1) * part),
    );
    return pixel && !pixel.reason ? pixel.value : null;
  });
}

/** The statistics of the pixels that a region touches. */
export function regionOf(picture: Picture, header: Header, mask: Mask | undefined, span: Span): RegionStatistics {
  const left = Math.max(0, Math.floor(Math.min(span.x1, span.x2)));
  const top = Math.max(0, Math.floor(Math.min(span.y1, span.y2)));
  const right = Math.min(header.columns, Math.ceil(Math.max(span.x1, span.x2)));
  const bottom = Math.min(header.rows, Math.ceil(Math.max(span.y1, span.y2)));
  const found = {
    pixels: 0,
    valid: 0,
    sum: 0,
    squares: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  };
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      found.pixels++;
      const raw = picture.at(Math.floor(x / picture.bin), Math.floor(y / picture.bin)) as number;
      const value = numberOf(raw, picture.size, header.smallest);
      if (value < header.smallest || value > header.largest) continue;
      if (picture.bin === 1 && mask?.codes[y * header.columns + x]) continue;
      found.valid++;
      found.sum += value;
      found.squares += value * value;
      found.min = Math.min(found.min, value);
      found.max = Math.max(found.max, value);
    }
  const { pixels, valid, sum, squares, min, max } = found;
  const mean = valid === 0 ? 0 : sum / valid;
  const deviation = valid === 0 ? 0 : Math.sqrt(Math.max(0, squares / valid - mean * mean));
  return { pixels, valid, sum, mean, deviation, min: valid === 0 ? 0 : min, max: valid === 0 ? 0 : max };
}
