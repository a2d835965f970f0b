import { type Camera, type Layout, layouts } from "./draw/panes";
import { type Mode, modes, type Palette, palettes } from "./draw/VolumeRenderer";
import type { Range, Triple } from "./values/plan";

/** What the address says of a volume: all that another person needs to see the same. Places are those of the array in the file. */
export interface VolumeAddress {
  /** Which array of the file; undefined for the usual one. */
  array: string | undefined;
  /** Of the axes that are not space, which index. */
  indices: number[];
  layout: Layout | undefined;
  camera: Camera;
  /** Where the slices are; undefined: in the middle. */
  place: Triple | undefined;
  /** The ends of what is measured. */
  ruler: readonly [Triple, Triple] | undefined;
  mode: Mode;
  /** Undefined for those of the file. */
  colours: Palette | undefined;
  range: { low: number; high: number } | undefined;
  threshold: number | undefined;
  opacity: number;
  /** What is not cut away, as parts of what is loaded, 0 to 1. */
  clip: Triple<Range>;
  /** What is loaded; undefined for all of it. */
  box: Triple<Range> | undefined;
  detail: Detail;
}

/** How many values are loaded at most, along a side of a cube. */
export const details = ["128", "256", "384"] as const;
export type Detail = (typeof details)[number];

export const usualCamera: Camera = { yaw: 30, pitch: 25, zoom: 1.4 };
export const noClip: Triple<Range> = [
  [0, 1],
  [0, 1],
  [0, 1],
];

const names = [
  "array",
  "index",
  "panes",
  "camera",
  "place",
  "ruler",
  "draw",
  "colours",
  "range",
  "threshold",
  "opacity",
  "clip",
  "box",
  "detail",
] as const;

/** Reads the query of an address; what is missing or no sense gets its usual value. */
export function readVolumeAddress(search: URLSearchParams): VolumeAddress {
  const get = (name: (typeof names)[number]) => search.get(name);
  const [yaw, pitch, zoom] = numbers(get("camera"), 3) ?? [];
  const place = numbers(get("place"), 3);
  const ends = numbers(get("ruler"), 6)?.map(toIndex);
  const [low, high] = numbers(get("range"), 2) ?? [];
  const [threshold] = numbers(get("threshold"), 1) ?? [];
  const [opacity] = numbers(get("opacity"), 1) ?? [];
  const box = ranges(get("box"));
  const clip = ranges(get("clip"));
  return {
    array: get("array") ?? undefined,
    indices: (get("index") ?? "").split(",").map(Number).map(toIndex),
    layout: layouts.find((name) => name === get("panes")),
    camera:
      yaw !== undefined && pitch !== undefined && zoom !== undefined && zoom >= 0.1 && zoom <= 100
        ? { yaw, pitch, zoom }
        : usualCamera,
    place: place && (place.map(toIndex) as unknown as Triple),
    ruler: ends && ([ends.slice(0, 3), ends.slice(3)] as never),
    mode: modes.find((name) => name === get("draw")) ?? "translucent",
    colours: palettes.find((name) => name === get("colours")),
    range: low !== undefined && high !== undefined && low < high ? { low, high } : undefined,
    threshold,
    opacity: opacity !== undefined && opacity > 0 && opacity <= 1 ? opacity : 0.1,
    clip: clip?.every(([begin, end]) => begin >= 0 && end <= 1) ? clip : noClip,
    box: box?.every((range) => range.every((each) => each >= 0 && Number.isInteger(each))) ? box : undefined,
    detail: details.find((name) => name === get("detail")) ?? "256",
  };
}

/** Writes it into a query, whose other names stay. Usual values are left out. */
export function writeVolumeAddress(address: VolumeAddress, before: URLSearchParams): URLSearchParams {
  const search = new URLSearchParams(before);
  const set = (name: (typeof names)[number], value: string | undefined) => {
    if (value === undefined || value === "") search.delete(name);
    else search.set(name, value);
  };
  const { camera, range, threshold, opacity } = address;
  const rounded = (values: readonly number[], digits = 3) =>
    values.map((value) => Number(value.toFixed(digits))).join(",");
  const exact = (value: number) => String(Number(value.toPrecision(7)));
  set("array", address.array);
  set("index", address.indices.some((index) => index > 0) ? address.indices.join(",") : undefined);
  set("panes", address.layout);
  set("camera", camera === usualCamera ? undefined : rounded([camera.yaw, camera.pitch, camera.zoom]));
  set("place", address.place?.join(","));
  set("ruler", address.ruler?.flat().join(","));
  set("draw", address.mode === "translucent" ? undefined : address.mode);
  set("colours", address.colours);
  set("range", range && `${exact(range.low)},${exact(range.high)}`);
  set("threshold", threshold === undefined ? undefined : exact(threshold));
  set("opacity", opacity === 0.1 ? undefined : rounded([opacity]));
  set("clip", textOf(address.clip.every(([begin, end]) => begin === 0 && end === 1) ? undefined : address.clip));
  set("box", textOf(address.box));
  set("detail", address.detail === "256" ? undefined : address.detail);
  return search;
}

function toIndex(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.floor(value)) : 0;
}

function numbers(text: string | null, count: number): number[] | undefined {
  const parts = text?.split(",") ?? [];
  const values = parts.map(Number);
  const isFine = parts.length === count && parts.every((part) => part.trim() !== "") && values.every(Number.isFinite);
  return isFine ? values : undefined;
}

/** `0:10,5:20,0:1`, for x, y and z. */
function ranges(text: string | null): Triple<Range> | undefined {
  const values = numbers(text?.replaceAll(":", ",") ?? null, 6) as
    | [number, number, number, number, number, number]
    | undefined;
  if (!values) return undefined;
  const [a, b, c, d, e, f] = values;
  return a < b && c < d && e < f
    ? [
        [a, b],
        [c, d],
        [e, f],
      ]
    : undefined;
}

function textOf(triple: Triple<Range> | undefined): string | undefined {
  return triple?.map((range) => range.map((each) => Number(each.toFixed(4))).join(":")).join(",");
}
