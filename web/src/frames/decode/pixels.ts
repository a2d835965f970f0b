/** Pixels as they come, read as unsigned numbers: what is negative, or has no data, is above the largest that counts. */
export type Pixels = Uint8Array | Uint16Array | Uint32Array;

/** A view of bytes as pixels of `size` bytes. */
export function pixelsOf(buffer: ArrayBuffer, size: number, offset: number, count: number): Pixels {
  if (size === 1) return new Uint8Array(buffer, offset, count);
  return size === 2 ? new Uint16Array(buffer, offset, count) : new Uint32Array(buffer, offset, count);
}

/** Halvings of a picture, so that a picture far out is drawn from few numbers. Rows are unpacked in multiples of 2 to this power. */
export const levels = 6;

/** Counts up to this are told apart in a histogram. */
export const histogramSize = 4096;

/** What the valid pixels of an area have. */
export interface Statistics {
  valid: number;
  sum: number;
  max: number;
  /** Valid pixels above what is trusted. */
  saturated: number;
  /** How many pixels have 0, 1, 2, …; the last place has all that are larger. */
  histogram: Uint32Array;
}

/** Which pixels count. */
export interface Limits {
  /** The largest value of a pixel with data. */
  largest: number;
  /** The largest trusted value. */
  trusted: number;
  /** Not 0 for a pixel that does not count; undefined if all do. */
  mask: Uint8Array | undefined;
}

/** The statistics of the valid pixels. */
export function measure(pixels: Pixels, { largest, trusted, mask }: Limits): Statistics {
  const histogram = new Uint32Array(histogramSize);
  const last = histogramSize - 1;
  let valid = 0;
  let sum = 0;
  let max = 0;
  let saturated = 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] as number;
    if (value > largest || (mask !== undefined && mask[i] !== 0)) continue;
    valid++;
    sum += value;
    if (value > max) max = value;
    if (value > trusted) saturated++;
    const place = value < last ? value : last;
    (histogram[place] as number)++;
  }
  return { valid, sum, max, saturated, histogram };
}

/** Statistics of two areas together. */
export function joined(a: Statistics, b: Statistics): Statistics {
  return {
    valid: a.valid + b.valid,
    sum: a.sum + b.sum,
    max: Math.max(a.max, b.max),
    saturated: a.saturated + b.saturated,
    histogram: a.histogram.map((count, place) => count + (b.histogram[place] as number)),
  };
}

/**
 * The picture at half, a quarter, … of its size: each number is the largest of the valid ones below it, so that no spot vanishes, and
 * the largest of its type where none is valid.
 */
export function reduce(pixels: Pixels, width: number, limits: Limits): Pixels[] {
  const made: Pixels[] = [];
  let before = pixels;
  let columns = width;
  let rows = pixels.length / width;
  for (let level = 0; level < levels; level++) {
    const next = halve(before, columns, rows, level === 0 ? limits.mask : undefined, limits.largest);
    made.push(next);
    before = next;
    columns = Math.ceil(columns / 2);
    rows = Math.ceil(rows / 2);
  }
  return made;
}

function halve(pixels: Pixels, columns: number, rows: number, mask: Uint8Array | undefined, largest: number): Pixels {
  const width = Math.ceil(columns / 2);
  const half = new (pixels.constructor as new (length: number) => Pixels)(width * Math.ceil(rows / 2)).fill(-1);
  const nothing = pixels.BYTES_PER_ELEMENT === 4 ? 0xffffffff : pixels.BYTES_PER_ELEMENT === 2 ? 0xffff : 0xff;
  for (let y = 0; y < rows; y++) {
    const row = y * columns;
    const to = (y >> 1) * width;
    for (let x = 0; x < columns; x++) {
      const value = pixels[row + x] as number;
      if (value > largest || (mask !== undefined && mask[row + x] !== 0)) continue;
      const place = to + (x >> 1);
      const kept = half[place] as number;
      if (kept === nothing || value > kept) half[place] = value;
    }
  }
  return half;
}
