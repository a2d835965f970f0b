import type { Triple } from "./plan";

/** Larger units of the same length, from which on. */
const larger: Record<string, { unit: string; of: number }> = {
  Å: { unit: "nm", of: 10 },
  nm: { unit: "µm", of: 1000 },
  um: { unit: "mm", of: 1000 },
  µm: { unit: "mm", of: 1000 },
};
/** A longer length is said in the larger unit. */
const longest = 1000;

/** A length with so many digits as mean something: 81 Å, 1.35 nm. */
export function formatLength(length: number, unit: string): string {
  const next = larger[unit];
  if (next && Math.abs(length) >= longest) return formatLength(length / next.of, next.unit);
  return `${digits(length, 4)}${unit === "" ? "" : ` ${unit}`}`;
}

/** A number of a file: whole ones as they are, others without the digits that their type, or JavaScript for integers of 64 bits, does not have. */
export function formatValue(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isInteger(value) ? value.toExponential(5) : digits(value, 6);
}

function digits(value: number, count: number): string {
  return String(Number(value.toPrecision(count)));
}

/** The longest of 1, 2, 5, 10, 20, … that is not longer than `most`. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return power * ([5, 2, 1].find((each) => each * power <= most * (1 + 1e-9)) ?? 1);
}

/** The distance between the middles of two voxels. */
export function distanceOf([from, to]: readonly [Triple, Triple], size: Triple): number {
  return Math.hypot(...from.map((each, axis) => ((to[axis] as number) - each) * (size[axis] as number)));
}

/** Mean and deviation of the finite values: the unit of thresholds of maps. */
export function spreadOf(values: ArrayLike<number>, noData?: number): { mean: number; sigma: number } {
  let [count, mean, squares] = [0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (!Number.isFinite(value) || value === noData) continue;
    count++;
    const off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
  }
  return { mean, sigma: count > 0 ? Math.sqrt(squares / count) : 0 };
}
