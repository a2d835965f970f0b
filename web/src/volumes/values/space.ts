import { volumes as t } from "../../messages/en";
import type { Triple } from "./plan";

type Attributes = Record<string, unknown>;

/** Where the letters of an orientation lead in a person. */
const directions: Record<string, string> = {
  R: t.right,
  L: t.left,
  A: t.front,
  P: t.back,
  S: t.up,
  I: t.down,
};

/** The size of a voxel along x, y and z by the file, and its unit; undefined where it says none. */
export function voxelOf(attributes: Attributes): { size: Triple; unit: string } | undefined {
  const angstrom = attributes.voxel_size_angstrom;
  const said = angstrom ?? attributes.voxel_size;
  if (!Array.isArray(said) || said.length !== 3 || !said.every((each) => typeof each === "number" && each > 0))
    return undefined;
  const unit = angstrom ? "Å" : attributes.voxel_size_unit;
  return { size: [said[2], said[1], said[0]], unit: typeof unit === "string" ? unit : "" };
}

/** Whether y grows upwards: in MRC files it does, in NIfTI files their orientation says it. */
export function isBottomUp({ bottom_up }: Attributes): boolean {
  return bottom_up === true;
}

/** The colours of a slice that nothing chose: a TIFF file may say that 0 is white. */
export function usualColours({ photometric }: Attributes): "grey" | "inverted" {
  return photometric === 0 ? "inverted" : "grey";
}

/** The size of a pixel of a detector along x and y, in words; empty if the file does not give it. */
function pixelsOf({ pixel_size, pixel_size_unit }: Attributes): string {
  if (!Array.isArray(pixel_size) || pixel_size.length !== 2 || typeof pixel_size_unit !== "string") return "";
  const [rows, columns] = pixel_size.map((each) => String(Number(Number(each).toPrecision(4))));
  return t.pixelsOf(`${columns} × ${rows} ${pixel_size_unit}`);
}

/** Says in words how large voxels are and where the axes lead; empty where the file does not say. */
export function describeSpace(attributes: Attributes): string {
  const voxel = voxelOf(attributes);
  const rounded = voxel?.size.map((each) => String(Number(each.toPrecision(4)))).join(" × ");
  const size = voxel
    ? voxel.unit
      ? t.voxelsOf(`${rounded} ${voxel.unit}`)
      : t.voxelsOfUnknownUnit(String(rounded))
    : pixelsOf(attributes);
  const letters = typeof attributes.orientation === "string" ? [...attributes.orientation] : [];
  const ways = letters.map((letter) => directions[letter]);
  const axes =
    ways.length === 3 && ways.every((way) => way !== undefined)
      ? t.axesLead(String(ways[0]), String(ways[1]), String(ways[2]))
      : "";
  const stored = Array.isArray(attributes.axes) ? attributes.axes.join("") : "zyx";
  const turned = /^[xyz]{3}$/.test(stored) && stored !== "zyx";
  const order = turned ? t.storedAlong(String(stored[2]), String(stored[1]), String(stored[0])) : "";
  return [size, axes, order].filter(Boolean).join(" ");
}

/** Says in words which images of the file are not in the array; empty where all are. */
export function describeMissing({ pages_left_out, notes }: Attributes): string {
  const count = typeof pages_left_out === "number" ? pages_left_out : 0;
  const left = count > 0 ? [t.pagesLeftOut(count)] : [];
  return [...left, ...(Array.isArray(notes) ? notes.filter((note) => typeof note === "string") : [])].join(" ");
}

/** The value that stands for no data; undefined if none does, or none that is a number. */
export function noDataOf({ no_data, _FillValue }: Attributes): number | undefined {
  const said = no_data ?? (Array.isArray(_FillValue) && _FillValue.length === 1 ? _FillValue[0] : _FillValue);
  return typeof said === "number" ? said : undefined;
}

/** What a number of the file stands for, where that is another one. */
export function meantBy(value: number, { scale_factor, add_offset }: Attributes): number | undefined {
  return typeof scale_factor === "number"
    ? value * scale_factor + (typeof add_offset === "number" ? add_offset : 0)
    : undefined;
}
