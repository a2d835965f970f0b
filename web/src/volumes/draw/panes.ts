import type { Triple } from "../values/plan";

/** What a pane shows: three slices, named by their axes, and the volume. */
export const paneNames = ["xy", "yz", "xz", "3d"] as const;
export type PaneName = (typeof paneNames)[number];
export const layouts = ["all", ...paneNames] as const;
export type Layout = (typeof layouts)[number];

/** A part of the canvas, in points from its upper left corner. */
export interface Pane {
  name: PaneName;
  left: number;
  top: number;
  width: number;
  height: number;
}

const gap = 4;

/** Where the panes are. */
export function panesOf(layout: Layout, width: number, height: number): Pane[] {
  if (layout !== "all") return [{ name: layout, left: 0, top: 0, width, height }];
  const [w, h] = [Math.floor((width - gap) / 2), Math.floor((height - gap) / 2)];
  return paneNames.map((name, place) => ({
    name,
    left: place % 2 === 0 ? 0 : width - w,
    top: place < 2 ? 0 : height - h,
    width: w,
    height: h,
  }));
}

/** The axes of a slice: to the right, downwards, and the one that it is cut at. */
export function axesOfSlice(name: Exclude<PaneName, "3d">): readonly [right: number, down: number, across: number] {
  return name === "xy" ? [0, 1, 2] : name === "xz" ? [0, 2, 1] : [2, 1, 0];
}

/** How a slice lies in its pane: the place of the pane's upper left corner, and what a point to the right and downwards adds; in values. */
export interface Slice {
  origin: Triple;
  right: Triple;
  down: Triple;
}

/**
 * Fits a slice into its pane.
 * @param scale Lengths of a value along each axis.
 * @param isBottomUp Whether y grows upwards.
 */
export function sliceIn(pane: Pane, size: Triple, scale: Triple, at: Triple, isBottomUp: boolean): Slice {
  const [right, down, across] = axesOfSlice(pane.name as Exclude<PaneName, "3d">);
  const length = (axis: number) => (size[axis] as number) * (scale[axis] as number);
  const fit = Math.min(pane.width / length(right), pane.height / length(down));
  const along = (axis: number, sign = 1) => {
    const step = [0, 0, 0];
    step[axis] = sign / (fit * (scale[axis] as number));
    return step as unknown as Triple;
  };
  const begin = (axis: number, points: number) =>
    (size[axis] as number) / 2 - points / 2 / (fit * (scale[axis] as number));
  const isUp = down === 1 && isBottomUp;
  const origin = [0, 0, 0];
  origin[right] = begin(right, pane.width);
  origin[down] = isUp ? (size[down] as number) - begin(down, pane.height) : begin(down, pane.height);
  origin[across] = (at[across] as number) + 0.5;
  return { origin: origin as unknown as Triple, right: along(right), down: along(down, isUp ? -1 : 1) };
}

/** The value of a slice at a point of its pane; undefined outside. */
export function placeIn({ origin, right, down }: Slice, size: Triple, x: number, y: number): Triple | undefined {
  const place = origin.map((begin, axis) =>
    Math.floor(begin + x * (right[axis] as number) + y * (down[axis] as number)),
  );
  return place.every((each, axis) => each >= 0 && each < (size[axis] as number))
    ? (place as unknown as Triple)
    : undefined;
}

/** Where a slice's own lines are: those of the other two, as points of the pane. */
export function crossIn({ origin, right, down }: Slice, at: Triple): { x: number; y: number } {
  const along = (step: Triple) => {
    const axis = step.findIndex((each) => each !== 0);
    return ((at[axis] as number) + 0.5 - (origin[axis] as number)) / (step[axis] as number);
  };
  return { x: along(right), y: along(down) };
}

export interface Camera {
  /** Degrees around the vertical and the horizontal axis of the screen. */
  yaw: number;
  pitch: number;
  zoom: number;
}

/** From the screen (right, up, away) to the volume, column by column. What grows upwards comes towards us with z: hands stay hands. */
export function turnOf({ yaw, pitch }: Camera, isBottomUp: boolean): number[] {
  const [a, b] = [(yaw * Math.PI) / 180, (pitch * Math.PI) / 180];
  const [ca, sa, cb, sb] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
  const columns: [number, number, number][] = [
    [ca, 0, -sa],
    [sa * sb, cb, ca * sb],
    [sa * cb, -sb, ca * cb],
  ];
  const [up, away] = isBottomUp ? [1, -1] : [-1, 1];
  return columns.flatMap(([x, y, z]) => [x, y * up, z * away]);
}
