import { frames as t } from "../../messages/en";

/** The numbers of a numpy file of whole numbers, as a mask has them. */
export interface NumpyArray {
  shape: number[];
  values: Uint8Array | Uint16Array | Uint32Array;
}

const types: Record<string, (buffer: ArrayBuffer, count: number) => NumpyArray["values"]> = {
  "|u1": (buffer, count) => new Uint8Array(buffer, 0, count),
  "|i1": (buffer, count) => new Uint8Array(buffer, 0, count),
  "|b1": (buffer, count) => new Uint8Array(buffer, 0, count),
  "<u2": (buffer, count) => new Uint16Array(buffer, 0, count),
  "<i2": (buffer, count) => new Uint16Array(buffer, 0, count),
  "<u4": (buffer, count) => new Uint32Array(buffer, 0, count),
  "<i4": (buffer, count) => new Uint32Array(buffer, 0, count),
  "<u8": low,
  "<i8": low,
};

/** The lower halves of numbers of 64 bits; where the upper half is not 0, with the highest bit. */
function low(buffer: ArrayBuffer, count: number) {
  const halves = new Uint32Array(buffer, 0, 2 * count);
  return Uint32Array.from({ length: count }, (_, i) => (halves[2 * i] as number) | (halves[2 * i + 1] ? 1 << 31 : 0));
}

/** Reads a numpy file, format 1 to 3, of whole numbers; signed ones are read as unsigned. */
export function readNumpy(file: Uint8Array): NumpyArray {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (magic.some((byte, place) => file[place] !== byte)) throw new Error(t.itIsNotANumpyFile);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const isLong = (file[6] as number) > 1;
  const begin = isLong ? 12 : 10;
  if (file.length < begin) throw new Error(t.itEndsTooEarly);
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  const head = new TextDecoder().decode(file.subarray(begin, begin + length));
  const type = /'descr'\s*:\s*'([^']*)'/.exec(head)?.[1] ?? "";
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(head)?.[1]?.match(/\d+/g)?.map(Number) ?? [];
  const make = types[type];
  if (!make || /'fortran_order'\s*:\s*True/.test(head)) throw new Error(t.itHasNumbersOfTheType(type));
  const count = shape.reduce((product, side) => product * side, 1);
  const bytes = count * Number(type.slice(2));
  if (file.length - begin - length < bytes) throw new Error(t.itEndsTooEarly);
  // A copy stands where numbers of any size may begin.
  return { shape, values: make(file.slice(begin + length, begin + length + bytes).buffer, count) };
}
