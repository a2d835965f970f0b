import { axesOf, lengthsOf } from "../volumes/values/plan";
import { voxelOf } from "../volumes/values/space";
import type { FoundArray } from "../volumes/values/zarr";

/** What a file says of its dataset: the type that fits, and values of attributes, as JSON texts. */
export interface Found {
  file: string;
  type: string;
  values: Record<string, string>;
}

/** Files that say something, by the kind of reader that they need. */
const kinds = {
  array: /\.(mrcs?|map|ccp4|rec|nii|nii\.gz|tiff?|npy)$/i,
  hdf5: /\.(h5|hdf5|nxs|nexus)$/i,
  table: /\.(csv|tsv)$/i,
};
export type Kind = keyof typeof kinds;

/** An array that is flatter than this is a stack of images rather than a volume. */
const flat = 1 / 16;

/** The file that stands for the others: the first one of the kind of which there are most. */
export function chooseFile(names: string[]): { file: string; kind: Kind } | undefined {
  const groups = (Object.keys(kinds) as Kind[]).map((kind) => ({
    kind,
    files: names.filter((name) => kinds[kind].test(name)),
  }));
  const most = groups.reduce((best, each) => (each.files.length > best.files.length ? each : best));
  const [file] = most.files.sort();
  return file === undefined ? undefined : { file, kind: most.kind };
}

/** What an array says: a volume, or images one after the other. */
export function foundInArray(file: string, { layout, attributes }: FoundArray): Found | undefined {
  const axes = axesOf(layout);
  if (!axes) return undefined;
  const [x, y, z] = lengthsOf(layout, axes);
  const voxel = voxelOf(attributes);
  const size = (lengths: number) => voxel && withUnit(voxel.size.slice(0, lengths), voxel.unit);
  if (z >= flat * Math.max(x, y)) return make(file, "volume", { size: JSON.stringify([x, y, z]), voxel_size: size(3) });
  const isMicrograph = "space_group" in attributes && voxel !== undefined && voxel.size[0] === voxel.size[1];
  if (isMicrograph) return make(file, "cryoem", { pixel_size: withUnit(voxel.size[0], voxel.unit) });
  return make(file, "image-stack", {
    images: JSON.stringify(z),
    image_size: JSON.stringify([x, y]),
    pixel_size: size(2),
  });
}

/** A number with its unit, as a NeXus file has it. */
export interface Quantity {
  value: unknown;
  unit: unknown;
}

/** What a NeXus file says, by the definition that it names. */
export function foundInNexus(
  file: string,
  definition: string,
  { wavelength, distance }: Record<"wavelength" | "distance", Quantity | undefined>,
): Found | undefined {
  const types: Record<string, string> = { NXmx: "mx", NXtomo: "tomography/scan" };
  const type = types[definition];
  return type === undefined
    ? undefined
    : make(file, type, { wavelength: quantity(wavelength), detector_distance: quantity(distance) });
}

/** What the first line of a table says: the names of its columns, where they are plain. */
export function foundInTable(file: string, start: string): Found {
  const end = start.indexOf("\n");
  const line = end < 0 ? "" : start.slice(0, end).trimEnd();
  const names = line.split(/\.tsv$/i.test(file) ? "\t" : ",").map((name) => name.trim());
  const isPlain = line !== "" && !line.includes('"') && names.every((name) => /^[^\d.+-]/.test(name));
  return make(file, "table", { columns: isPlain ? JSON.stringify(names) : undefined });
}

function withUnit(value: unknown, unit: string): string {
  return JSON.stringify(unit === "" ? value : { value, unit });
}

function quantity(said: Quantity | undefined): string | undefined {
  const value = Array.isArray(said?.value) && said.value.length === 1 ? said.value[0] : said?.value;
  return typeof value === "number" && Number.isFinite(value) && typeof said?.unit === "string"
    ? withUnit(value, said.unit.replace(/^angstrom$/i, "Å"))
    : undefined;
}

function make(file: string, type: string, values: Record<string, string | undefined>): Found {
  const said = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { file, type, values: Object.fromEntries(said) };
}
