import { volumes as t } from "../../messages/en";
import { spreadOf } from "./lengths";
import { isDrawable, type Numbers, toNumbers } from "./numbers";
import type { Plan, Triple } from "./plan";
import type { ArrayLayout, ZarrFile } from "./zarr";

/** Shares of the values that lie outside of the range that is shown at first: a few hot ones would leave the rest dark. */
const outside = 0.001;
/** So many values stand for all of them there. */
const sampled = 1 << 16;

/** Values that were read: x is the fastest axis, then y. */
export interface Volume {
  plan: Plan;
  size: Triple;
  values: Numbers;
  /** The smallest and largest finite value. */
  least: number;
  most: number;
  /** The value that stands for no data; undefined if none does. */
  noData: number | undefined;
  /** A range that leaves out the few that are far from the others. */
  usual: { low: number; high: number };
  mean: number;
  /** Their standard deviation; 0 where all are the same. */
  sigma: number;
}

/** Reads what was planned; tells how much of it is there, 0 to 1. */
export async function readVolume(
  file: ZarrFile,
  path: string,
  plan: Plan,
  said: number | undefined,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Volume> {
  const layout = await file.part(path, plan.selection, signal);
  if (!isDrawable(layout.type)) throw new Error(t.valuesOfTheTypeHaveNo(layout.type));
  const count = plan.size.reduce((product, each) => product * each, 1);
  if (layout.shape.reduce((product, each) => product * each, 1) !== count) throw new Error(t.theArrayHasChangedWhileIt);
  const values = await readChunks(file, path, plan, layout, count, signal, onProgress);
  // JSON has the fewest digits that the narrower type needs.
  const noData = said !== undefined && values instanceof Float32Array ? Math.fround(said) : said;
  return { plan, size: plan.size, values, noData, ...measure(values, noData), ...spreadOf(values, noData) };
}

/** The chunks of a part are whole planes, or pieces of one, so that they follow each other in memory. */
async function readChunks(
  file: ZarrFile,
  path: string,
  { selection }: Plan,
  { shape, chunks, type }: ArrayLayout,
  count: number,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Numbers> {
  let values: Numbers | undefined;
  const counts = shape.map((length, axis) => Math.ceil(length / (chunks[axis] as number)));
  const total = counts.reduce((product, each) => product * each, 1);
  let at = 0;
  for (let place = 0; place < total; place++) {
    const index = unravel(place, counts);
    const chunk = toNumbers(await file.chunk(path, selection, index, signal), type);
    const held = index.reduce(
      (product, each, axis) =>
        product * Math.min(chunks[axis] as number, (shape[axis] as number) - each * (chunks[axis] as number)),
      1,
    );
    if (chunk.length < held) throw new Error(t.theServerSentLessThanIt);
    values ??= new (chunk.constructor as new (length: number) => Numbers)(count);
    values.set(chunk.subarray(0, held) as never, at);
    at += held;
    onProgress(at / count);
  }
  return values ?? new Uint8Array();
}

function unravel(place: number, counts: number[]): number[] {
  const index: number[] = [];
  for (let axis = counts.length - 1, left = place; axis >= 0; axis--) {
    const length = counts[axis] as number;
    index[axis] = left % length;
    left = Math.floor(left / length);
  }
  return index;
}

/** The range of the values, of those that are numbers and data. */
export function measure(values: Numbers, noData?: number): Pick<Volume, "least" | "most" | "usual"> {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === noData) continue;
    if (value < least && value !== Number.NEGATIVE_INFINITY) least = value;
    if (value > most && value !== Number.POSITIVE_INFINITY) most = value;
  }
  if (!(least <= most)) return { least: 0, most: 0, usual: { low: 0, high: 1 } };
  const every = Math.max(1, Math.floor(values.length / sampled));
  const some = Float64Array.from({ length: Math.floor(values.length / every) }, (_, i) => values[i * every] as number)
    .filter((value) => Number.isFinite(value) && value !== noData)
    .sort();
  const at = (share: number) => some[Math.round(share * (some.length - 1))] ?? least;
  const [low, high] = [at(outside), at(1 - outside)];
  return { least, most, usual: low < high ? { low, high } : { low: least, high: most > least ? most : least + 1 } };
}

/** The value at a place, of what was read. */
export function valueAt({ size: [width, height], values }: Volume, [x, y, z]: Triple): number | undefined {
  return values[(z * height + y) * width + x];
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** A float of 16 bits, for numbers from 0 to 1. */
export function toHalf(value: number): number {
  float[0] = value;
  const bits = word[0] as number;
  const exponent = (bits >>> 23) - 112;
  if (exponent <= 0) return Math.round(value * 2 ** 24);
  return (exponent << 10) | ((bits >>> 13) & 1023);
}

/** Edge of the blocks whose largest value is known, so that rays pass empty ones in one step. */
export const blockEdge = 8;

/** The largest value of each block, with the values next to it: as parts of 65535, rounded up. */
export function blockMaxima(halves: Uint16Array, [width, height, depth]: Triple) {
  const size: Triple = [Math.ceil(width / blockEdge), Math.ceil(height / blockEdge), Math.ceil(depth / blockEdge)];
  const maxima = new Uint16Array(size[0] * size[1] * size[2]);
  // Halves that are not negative have the order of whole numbers.
  const note = (bx: number, by: number, bz: number, half: number) => {
    const at = (bz * size[1] + by) * size[0] + bx;
    if (half > (maxima[at] as number)) maxima[at] = half;
  };
  let at = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let bx = 0; bx < size[0]; bx++) {
        const end = Math.min(width, (bx + 1) * blockEdge);
        let most = 0;
        for (; at < (z * height + y) * width + end; at++) {
          const half = halves[at] as number;
          if (half > most) most = half;
        }
        note(bx, y >> 3, z >> 3, most);
      }
  return { size, maxima: spread(maxima, size) };
}

/** Each block gets the largest value of those around it, too: what lies between two blocks is mixed of both. */
function spread(maxima: Uint16Array, [width, height, depth]: Triple): Uint16Array {
  let from = maxima;
  for (const [stride, length] of [
    [1, width],
    [width, height],
    [width * height, depth],
  ] as const) {
    const to = from.slice();
    for (let at = 0; at < from.length; at++) {
      const place = Math.floor(at / stride) % length;
      if (place > 0) to[at] = Math.max(to[at] as number, from[at - stride] as number);
      if (place < length - 1) to[at] = Math.max(to[at] as number, from[at + stride] as number);
    }
    from = to;
  }
  return from;
}
