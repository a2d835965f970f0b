/**
 * What H5Web needs of the packages `ndarray` and `ndarray-ops`, in their stead: those make code at run time, which the page's policy
 * forbids. A test compares this with the originals.
 */

type Numbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** What an array keeps its values in. */
export type Data = Numbers | unknown[];

const typeNames = new Map<unknown, string>([
  [Int8Array, "int8"],
  [Int16Array, "int16"],
  [Int32Array, "int32"],
  [Uint8Array, "uint8"],
  [Uint8ClampedArray, "uint8_clamped"],
  [Uint16Array, "uint16"],
  [Uint32Array, "uint32"],
  [Float32Array, "float32"],
  [Float64Array, "float64"],
  [BigInt64Array, "bigint64"],
  [BigUint64Array, "biguint64"],
]);

/** A view of values in rows: of all of them, or of some. Views share their values. */
export class NdArray<T extends Data = Data> {
  constructor(
    readonly data: T,
    readonly shape: number[],
    readonly stride: number[],
    readonly offset: number,
  ) {}

  get dtype(): string {
    return typeNames.get(this.data.constructor) ?? "array";
  }

  get dimension(): number {
    return this.shape.length;
  }

  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** Where a value is in the data. */
  index(...at: number[]): number {
    return this.stride.reduce((index, step, axis) => index + step * (at[axis] as number), this.offset);
  }

  get(...at: number[]): T[number] {
    return this.data[this.index(...at)] as T[number];
  }

  set(...args: unknown[]): unknown {
    const value = args.at(-1);
    (this.data as unknown[])[this.index(...(args.slice(0, -1) as number[]))] = value;
    return value;
  }

  /** Fixes the index along some axes, which thereby go; those without a number stay. */
  pick(...at: (number | null | undefined)[]): NdArray<T> {
    let offset = this.offset;
    const kept = this.shape.map((_, axis) => axis).filter((axis) => !isIndex(at[axis]));
    this.stride.forEach((step, axis) => {
      const index = at[axis];
      if (isIndex(index)) offset += step * index;
    });
    return new NdArray(this.data, pickAxes(this.shape, kept), pickAxes(this.stride, kept), offset);
  }

  /** Puts the axes into another order. */
  transpose(...order: number[]): NdArray<T> {
    const axes = this.shape.map((_, axis) => order[axis] ?? axis);
    return new NdArray(this.data, pickAxes(this.shape, axes), pickAxes(this.stride, axes), this.offset);
  }
}

function isIndex(index: number | null | undefined): index is number {
  return typeof index === "number" && index >= 0;
}

function pickAxes(values: number[], axes: number[]): number[] {
  return axes.map((axis) => values[axis] as number);
}

/** An array of values in rows, the last index the fastest. */
export default function ndarray<T extends Data>(
  data: T,
  shape: number[] = [data.length],
  stride: number[] = rowStrides(shape),
  offset = 0,
): NdArray<T> {
  return new NdArray(data, shape, stride, offset);
}

function rowStrides(shape: number[]): number[] {
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    stride[axis] = step;
    step *= shape[axis] as number;
  }
  return stride;
}

/** Copies the values of a view into another one of the same shape. */
export function assign(to: NdArray, from: NdArray): void {
  copyAxis(to, from, 0, to.offset, from.offset);
}

function copyAxis(to: NdArray, from: NdArray, axis: number, toIndex: number, fromIndex: number): void {
  const target = to.data as unknown[];
  const source = from.data as unknown[];
  if (axis === to.dimension) {
    target[toIndex] = source[fromIndex];
    return;
  }
  const length = to.shape[axis] as number;
  const toStep = to.stride[axis] as number;
  const fromStep = from.stride[axis] as number;
  if (axis === to.dimension - 1) {
    for (let i = 0; i < length; i++) target[toIndex + i * toStep] = source[fromIndex + i * fromStep];
    return;
  }
  for (let i = 0; i < length; i++) copyAxis(to, from, axis + 1, toIndex + i * toStep, fromIndex + i * fromStep);
}
