import { volumes as t } from "../../messages/en";
import type { ArrayLayout } from "./zarr";

/** From where to where along an axis; the end is not in it. */
export type Range = readonly [begin: number, end: number];

/** Three numbers, for x (columns), y (rows) and z (images). */
export type Triple<T = number> = readonly [x: T, y: T, z: T];

/** Which axes of an array are z, y and x, and those of which one index is shown. */
export interface Axes {
  /** The places of x, y, z in the shape; an image has no z. */
  place: readonly [x: number, y: number, z: number | undefined];
  /** The places of the others. */
  others: number[];
}

/** What is read of an array. */
export interface Plan {
  /** As numpy writes it, for each axis of the array. */
  selection: string;
  box: Triple<Range>;
  step: Triple;
  /** How many values that is. */
  size: Triple;
  /** How many there are in the box. */
  all: Triple;
}

/** So many samples of a pixel are colours, if they are the last axis. */
const mostSamples = 4;

/** Which axes are space: the last three, without the samples of a pixel behind them. Undefined: it has too few. */
export function axesOf({ shape }: ArrayLayout): Axes | undefined {
  const last = shape[shape.length - 1] ?? 0;
  const end = shape.length > 3 && last >= 2 && last <= mostSamples ? shape.length - 1 : shape.length;
  if (end < 2) return undefined;
  const place = [end - 1, end - 2, end > 2 ? end - 3 : undefined] as const;
  return { place, others: shape.map((_, axis) => axis).filter((axis) => !place.includes(axis)) };
}

/** The lengths along x, y and z. */
export function lengthsOf({ shape }: ArrayLayout, { place: [x, y, z] }: Axes): Triple {
  return [shape[x] as number, shape[y] as number, z === undefined ? 1 : (shape[z] as number)];
}

/**
 * Chooses what is read of a box: each value if there are few enough, else each n-th along the axes that have most.
 * @param indices For each of the other axes, which index.
 */
export function planFor(
  layout: ArrayLayout,
  axes: Axes,
  box: Triple<Range>,
  indices: number[],
  most: { values: number; side: number },
): Plan {
  const all = box.map(([begin, end]) => end - begin) as unknown as Triple;
  // The same for axes of the same length: all are thinned out to at most so many values.
  let edge = Math.min(most.side, Math.max(...all));
  const stepFor = (length: number) => Math.ceil(length / edge);
  const sizeFor = (length: number) => Math.ceil(length / stepFor(length));
  while (all.reduce((product, length) => product * sizeFor(length), 1) > most.values) edge--;
  const step = all.map(stepFor) as unknown as Triple;
  const size = all.map(sizeFor) as unknown as Triple;
  const parts = layout.shape.map((_, axis) => {
    const along = axes.place.indexOf(axis);
    if (along < 0) return String(indices[axes.others.indexOf(axis)] ?? 0);
    const [begin, end] = box[along] as Range;
    return step[along] === 1 ? `${begin}:${end}` : `${begin}:${end}:${step[along]}`;
  });
  return { selection: parts.join(","), box, step, size, all };
}

/** Says in words what is shown of what there is. */
export function describePlan({ step, size, all, box }: Plan, whole: Triple): string {
  const names = ["x", "y", "z"] as const;
  const lengths = (triple: Triple) => (whole[2] === 1 ? triple.slice(0, 2) : [...triple]).join(" × ");
  const isWhole = box.every(([begin, end], axis) => begin === 0 && end === whole[axis]);
  const of = isWhole ? "" : t.inABox(lengths(all), lengths(whole));
  if (step.every((each) => each === 1)) return (whole[2] === 1 ? t.allPixels : t.allVoxels)(lengths(size), of);
  const steps = [...new Set(step)].sort((a, b) => a - b);
  const words = steps.map((each) => {
    const along = names.filter((_, axis) => step[axis] === each && (axis < 2 || whole[2] > 1)).join(t.andAlong);
    return along === "" ? "" : t.everyNthAlong(each, along);
  });
  const sampled = words.filter((word) => word !== "").join(", ");
  return t.sampled(sampled, lengths(size), lengths(all) + of);
}
