import { volumes as t } from "../../messages/en";

/** The numbers of an array, each type as JavaScript has it. */
export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

const makers: Record<string, (bytes: ArrayBuffer) => Numbers> = {
  u1: (bytes) => new Uint8Array(bytes),
  b1: (bytes) => new Uint8Array(bytes),
  i1: (bytes) => new Int8Array(bytes),
  u2: (bytes) => new Uint16Array(bytes),
  i2: (bytes) => new Int16Array(bytes),
  u4: (bytes) => new Uint32Array(bytes),
  i4: (bytes) => new Int32Array(bytes),
  f2: (bytes) => fromHalf(new Uint16Array(bytes)),
  f4: (bytes) => new Float32Array(bytes),
  f8: (bytes) => new Float64Array(bytes),
  u8: (bytes) => Float64Array.from(new BigUint64Array(bytes), Number),
  i8: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number),
};

/** Whether the values of a type can be drawn. */
export function isDrawable(type: string): boolean {
  return Object.hasOwn(makers, type.slice(1));
}

/** Bytes of a value of a type that can be drawn. */
export function itemBytes(type: string): number {
  return Number(type.slice(2));
}

/** The numbers of a chunk, whose bytes are changed if they have another order than this machine. */
export function toNumbers(bytes: ArrayBuffer, type: string): Numbers {
  const make = makers[type.slice(1)];
  if (!make || bytes.byteLength % itemBytes(type) !== 0) throw new Error(t.theseAreNoValuesOfThe(type));
  if (type.startsWith(">")) swap(new Uint8Array(bytes), itemBytes(type));
  return make(bytes);
}

function swap(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Floats of 16 bits. */
function fromHalf(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const rest = half & 1023;
    if (exponent === 31) return rest ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (exponent === 0 ? rest * 2 ** -24 : (1 + rest / 1024) * 2 ** (exponent - 15));
  });
}
