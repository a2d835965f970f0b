/** Pixels as they come, read as unsigned numbers: what has no data is above the largest that counts, also where numbers have a sign. */
export type Pixels = Uint8Array | Uint16Array | Uint32Array;

/** The number of a pixel of `size` bytes: negative where such numbers count. */
export function numberOf(value: number, size: number, smallest: number): number {
  return smallest < 0 && value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
}

/** The number in a picture where no pixel is valid. */
export function nothingOf(size: number, smallest: number): number {
  return smallest < 0 ? 2 ** (8 * size - 1) : 2 ** (8 * size) - 1;
}

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
  /** The smallest value of a pixel with data. */
  smallest: number;
  /** Not 0 for a pixel that does not count; undefined if all do. */
  mask: Uint8Array | undefined;
}

/** The statistics of the valid pixels. */
export function measure(pixels: Pixels, limits: Limits): Statistics {
  const { largest, trusted, mask } = limits;
  if (limits.smallest !== 0) return measureFrom(pixels, limits);
  const histogram = new Uint32Array(histogramSize);
  // Most counts are small, and need one comparison and one increment each. The rest needs more.
  const small = Math.min(histogramSize - 1, largest + 1);
  let largeSum = 0;
  let max = 0;
  let saturated = 0;
  const signed = pixels instanceof Uint32Array ? toSigned(pixels) : pixels;
  for (let i = 0; i < signed.length; i++) {
    if (mask !== undefined && mask[i] !== 0) continue;
    const number = signed[i] as number;
    if (number >= 0 && number < small) {
      (histogram[number] as number)++;
      continue;
    }
    const value = number >>> 0;
    if (value <= largest) {
      (histogram[small] as number)++;
      largeSum += value;
      if (value > max) max = value;
      if (value > trusted) saturated++;
    }
  }
  let valid = histogram[small] as number;
  let sum = largeSum;
  for (let value = 0; value < small; value++) {
    const count = histogram[value] as number;
    if (count === 0) continue;
    valid += count;
    sum += count * value;
    if (value > max) max = value;
    if (value > trusted) saturated += count;
  }
  return { valid, sum, max, saturated, histogram };
}

/** The same for pixels with a smallest number other than 0. Negative ones are in the first place of the histogram. */
function measureFrom(pixels: Pixels, { largest, trusted, smallest, mask }: Limits): Statistics {
  const histogram = new Uint32Array(histogramSize);
  const found = { valid: 0, sum: 0, max: 0, saturated: 0 };
  for (let i = 0; i < pixels.length; i++) {
    const number = numberOf(pixels[i] as number, pixels.BYTES_PER_ELEMENT, smallest);
    if (number < smallest || number > largest || (mask !== undefined && mask[i] !== 0)) continue;
    found.max = found.valid === 0 ? number : Math.max(found.max, number);
    found.valid++;
    found.sum += number;
    if (number > trusted) found.saturated++;
    (histogram[Math.min(histogramSize - 1, Math.max(0, number))] as number)++;
  }
  return { ...found, histogram };
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
    const next = halve(before, columns, rows, { ...limits, mask: level === 0 ? limits.mask : undefined });
    made.push(next);
    before = next;
    columns = Math.ceil(columns / 2);
    rows = Math.ceil(rows / 2);
  }
  return made;
}

function halve(pixels: Pixels, columns: number, rows: number, limits: Limits): Pixels {
  const { mask, largest, smallest } = limits;
  const width = Math.ceil(columns / 2);
  const kind = pixels.constructor as new (length: number) => Pixels;
  const half = new kind(width * Math.ceil(rows / 2));
  const nothing = nothingOf(pixels.BYTES_PER_ELEMENT, smallest);
  if (largest < nothing - 1 || smallest !== 0) halveSigned(pixels, columns, rows, limits, half.fill(nothing));
  else if (pixels instanceof Uint32Array)
    halveWide(toSigned(pixels), columns, rows, mask, toSigned(half as Uint32Array));
  else halveNarrow(pixels, columns, rows, mask, nothing, half as Uint8Array | Uint16Array);
  return half;
}

/** The same memory; arithmetic is quicker with numbers that fit into 32 bits and a sign. */
function toSigned({ buffer, byteOffset, length }: Uint32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** One more than a number is compared, in the bits of its type: then nothing is 0, the smallest. */
function halveNarrow(
  pixels: Uint8Array | Uint16Array,
  columns: number,
  rows: number,
  mask: Uint8Array | undefined,
  nothing: number,
  half: Uint8Array | Uint16Array,
): void {
  let to = 0;
  for (let y = 0; y < rows; y += 2) {
    const above = y * columns;
    const below = y + 1 < rows ? above + columns : above;
    for (let x = 0; x < columns; x += 2) {
      const right = x + 1 < columns ? x + 1 : x;
      let a = ((pixels[above + x] as number) + 1) & nothing;
      let b = ((pixels[above + right] as number) + 1) & nothing;
      let c = ((pixels[below + x] as number) + 1) & nothing;
      let d = ((pixels[below + right] as number) + 1) & nothing;
      if (mask !== undefined) {
        if (mask[above + x] !== 0) a = 0;
        if (mask[above + right] !== 0) b = 0;
        if (mask[below + x] !== 0) c = 0;
        if (mask[below + right] !== 0) d = 0;
      }
      a = a > b ? a : b;
      c = c > d ? c : d;
      half[to++] = (a > c ? a : c) - 1;
    }
  }
}

/** As `halveNarrow`; with the highest bit turned, numbers with a sign have the order of those without. */
function halveWide(
  pixels: Int32Array,
  columns: number,
  rows: number,
  mask: Uint8Array | undefined,
  half: Int32Array,
): void {
  const turn = -0x80000000;
  let to = 0;
  for (let y = 0; y < rows; y += 2) {
    const above = y * columns;
    const below = y + 1 < rows ? above + columns : above;
    for (let x = 0; x < columns; x += 2) {
      const right = x + 1 < columns ? x + 1 : x;
      let a = ((pixels[above + x] as number) + 1) ^ turn;
      let b = ((pixels[above + right] as number) + 1) ^ turn;
      let c = ((pixels[below + x] as number) + 1) ^ turn;
      let d = ((pixels[below + right] as number) + 1) ^ turn;
      if (mask !== undefined) {
        if (mask[above + x] !== 0) a = turn;
        if (mask[above + right] !== 0) b = turn;
        if (mask[below + x] !== 0) c = turn;
        if (mask[below + right] !== 0) d = turn;
      }
      a = a > b ? a : b;
      c = c > d ? c : d;
      half[to++] = ((a > c ? a : c) ^ turn) - 1;
    }
  }
}

/** Pixels with a sign, read without: those that do not count are many numbers, not one. */
function halveSigned(
  pixels: Pixels,
  columns: number,
  rows: number,
  { mask, largest, smallest }: Limits,
  half: Pixels,
): void {
  const size = pixels.BYTES_PER_ELEMENT;
  const nothing = nothingOf(size, smallest);
  const width = Math.ceil(columns / 2);
  for (let y = 0; y < rows; y++) {
    const row = y * columns;
    const to = (y >> 1) * width;
    for (let x = 0; x < columns; x++) {
      const value = pixels[row + x] as number;
      const number = numberOf(value, size, smallest);
      if (number < smallest || number > largest || (mask !== undefined && mask[row + x] !== 0)) continue;
      const place = to + (x >> 1);
      const kept = half[place] as number;
      if (kept === nothing || number > numberOf(kept, size, smallest)) half[place] = value;
    }
  }
}
