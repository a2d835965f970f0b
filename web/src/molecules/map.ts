import { molecules as t } from "../messages/en";
import { axesOf, lengthsOf, planFor, type Range, type Triple } from "../volumes/values/plan";
import { voxelOf } from "../volumes/values/space";
import { readVolume } from "../volumes/values/volume";
import type { ZarrFile } from "../volumes/values/zarr";

/** A surface is made of so many values along a side of a cube; of a larger map, each n-th is read. */
const side = 96;

/** A map of densities, where it lies in space; z is the fastest axis, as the renderer takes it. */
export interface DensityMap {
  data: Float32Array;
  size: Triple;
  /** From value to value, in Å. */
  unit: Triple;
  /** The place of the first value, in Å. */
  origin: Triple;
  mean: number;
  sigma: number;
}

/** Files that are maps, by their names. */
export function isMap(path: string): boolean {
  return /\.(mrc|map|ccp4|rec)(\.gz)?$/i.test(path);
}

/** Reads the map of a file: one volume whose place in space the file says. */
export async function readMap(file: ZarrFile, signal: AbortSignal): Promise<DensityMap> {
  const [array] = await file.arrays(signal);
  const axes = array && axesOf(array.layout);
  const voxel = array && voxelOf(array.attributes);
  if (!array || !axes || axes.others.length > 0 || voxel?.unit !== "Å" || !isPlain(array.attributes))
    throw new Error(t.mapHasNoPlace);
  const lengths = lengthsOf(array.layout, axes);
  const box = lengths.map((length): Range => [0, length]) as unknown as Triple<Range>;
  const plan = planFor(array.layout, axes, box, [], { values: side ** 3, side: 2048 });
  const { values, mean, sigma } = await readVolume(file, array.path, plan, undefined, signal, () => undefined);
  return {
    data: turned(values, plan.size),
    size: plan.size,
    unit: voxel.size.map((each, axis) => each * (plan.step[axis] as number)) as unknown as Triple,
    origin: originOf(array.attributes),
    mean,
    sigma,
  };
}

/** Whether columns, rows and sections lie along x, y and z. */
function isPlain({ axes }: Record<string, unknown>): boolean {
  return Array.isArray(axes) && axes.join("") === "zyx";
}

function originOf({ origin_angstrom: origin }: Record<string, unknown>): Triple {
  const [z, y, x] = Array.isArray(origin) ? origin.map((each) => (typeof each === "number" ? each : 0)) : [];
  return [x ?? 0, y ?? 0, z ?? 0];
}

/** Values whose fastest axis was x, with z as the fastest. */
export function turned(values: ArrayLike<number>, [width, height, depth]: Triple): Float32Array {
  const data = new Float32Array(width * height * depth);
  let at = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) data[(x * height + y) * depth + z] = values[at++] as number;
  return data;
}
