import fc from "fast-check";
import originalNdarray from "ndarray";
import { assign as originalAssign } from "ndarray-ops";
import { describe, expect, test } from "vitest";
import { type Entity, largestArray } from "../src/hdf5/largest";
import ndarray, { assign, type Data } from "../src/hdf5/ndarray";

const makers: ((length: number) => Data)[] = [
  (length) => Array.from({ length }, (_, i) => `v${i}`),
  (length) => Float32Array.from({ length }, (_, i) => i / 2),
  (length) => Float64Array.from({ length }, (_, i) => i / 3),
  (length) => Uint8Array.from({ length }, (_, i) => i),
  (length) => Uint8ClampedArray.from({ length }, (_, i) => i),
  (length) => Int8Array.from({ length }, (_, i) => i),
  (length) => Int16Array.from({ length }, (_, i) => -i),
  (length) => Uint16Array.from({ length }, (_, i) => i),
  (length) => Int32Array.from({ length }, (_, i) => -i),
  (length) => Uint32Array.from({ length }, (_, i) => i),
  (length) => BigInt64Array.from({ length }, (_, i) => BigInt(-i)),
  (length) => BigUint64Array.from({ length }, (_, i) => BigInt(i)),
];

/** An array, and a view of it: some axes fixed, the others in another order. */
const views = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    make: fc.constantFrom(...makers),
    picked: fc.tuple(...shape.map((length) => fc.option(fc.integer({ min: 0, max: length - 1 })))),
    keys: fc.array(fc.double({ noNaN: true }), { minLength: 4, maxLength: 4 }),
  }),
);

function build(create: typeof ndarray, { shape, make, picked, keys }: ViewOf) {
  const data = make(shape.reduce((product, length) => product * length, 1));
  const all = create(data, shape);
  // Of a single value, the original's pick has nothing left.
  const view = shape.length === 0 ? all : all.pick(...(picked as (number | null)[]));
  const order = view.shape.map((_, axis) => axis).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  return view.transpose(...order);
}

type ViewOf = typeof views extends fc.Arbitrary<infer V> ? V : never;

const original = originalNdarray as unknown as typeof ndarray;

describe("our arrays are those of the packages that make code", () => {
  test("views have the same shape, type and values", () => {
    fc.assert(
      fc.property(views, (of) => {
        const [ours, theirs] = [build(ndarray, of), build(original, of)];
        expect([ours.shape, ours.stride, ours.offset, ours.size, ours.dimension, ours.dtype]).toEqual([
          [...theirs.shape],
          [...theirs.stride],
          theirs.offset,
          theirs.size,
          theirs.dimension,
          theirs.dtype,
        ]);
        for (const at of places(ours.shape)) expect(ours.get(...at)).toBe(theirs.get(...at));
      }),
    );
  });

  test("a view is copied in the same order", () => {
    fc.assert(
      fc.property(views, (of) => {
        const [ours, theirs] = [build(ndarray, of), build(original, of)];
        const [toOurs, toTheirs] = [ndarray(of.make(ours.size), ours.shape), original(of.make(ours.size), ours.shape)];
        assign(toOurs, ours);
        originalAssign(toTheirs as never, theirs as never);
        expect(toOurs.data).toEqual(toTheirs.data);
      }),
    );
  });

  test("a value is set where it is got", () => {
    fc.assert(
      fc.property(views, (of) => {
        const [ours, theirs] = [build(ndarray, of), build(original, of)];
        for (const at of places(ours.shape)) {
          const value = ours.get(...ours.shape.map(() => 0));
          ours.set(...at, value);
          theirs.set(...at, value);
        }
        expect(ours.data).toEqual(theirs.data);
      }),
    );
  });
});

/** Every index of an array. */
function places(shape: number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, length) => all.flatMap((at) => Array.from({ length }, (_, i) => [...at, i])),
    [[]],
  );
}

describe("the array that is shown first", () => {
  const array = (name: string, ...shape: number[]): Entity => ({ name, kind: "dataset", shape });
  const group = (name: string, ...children: Entity[]): Entity => ({ name, kind: "group", attributes: [], children });
  const stub = (name: string): Entity => ({ name, kind: "group", attributes: [] });

  test("is the largest of the file, in any of its groups", async () => {
    const root = group("", array("x", 10), stub("entry"));
    const inner = group("entry", array("data", 20, 30), array("mask", 20));

    expect(await largestArray(root, async () => inner)).toBe("/entry/data");
  });

  test("is left to a file that names its own, and to one without arrays", async () => {
    const named = { ...group("", array("x", 10)), attributes: [{ name: "default" }] };

    expect(await largestArray(named, async () => group(""))).toBeUndefined();
    expect(await largestArray(group("", array("scalar")), async () => group(""))).toBeUndefined();
  });

  test("ends in a file of groups without end", async () => {
    let asked = 0;
    const endless = async () => {
      asked++;
      return group("a", stub("a"), stub("b"));
    };

    expect(await largestArray(group("", stub("a")), endless)).toBeUndefined();
    expect(asked).toBeLessThan(20);
  });
});
