import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noClip, readVolumeAddress, usualCamera, writeVolumeAddress } from "../src/volumes/address";
import { barIn, rulerIn } from "../src/volumes/draw/marks";
import { crossIn, panesOf, placeIn, sliceIn, turnOf } from "../src/volumes/draw/panes";
import { distanceOf, formatLength, formatValue, roundLength, spreadOf } from "../src/volumes/values/lengths";
import { toNumbers } from "../src/volumes/values/numbers";
import { axesOf, describePlan, lengthsOf, planFor, type Triple } from "../src/volumes/values/plan";
import {
  describeMissing,
  describeSpace,
  isBottomUp,
  meantBy,
  noDataOf,
  usualColours,
  voxelOf,
} from "../src/volumes/values/space";
import { blockEdge, blockMaxima, measure, toHalf } from "../src/volumes/values/volume";

const layout = (...shape: number[]) => ({ shape, chunks: shape, type: "<u2" });
const whole = (lengths: Triple) => lengths.map((length) => [0, length]) as never;

describe("where voxels are", () => {
  test("is said as the file has it, of MRC and NIfTI alike", () => {
    expect(describeSpace({ voxel_size_angstrom: [2, 1.5, 1.5], space_group: 1 })).toBe("Voxels of 1.5 × 1.5 × 2 Å.");
    expect(describeSpace({ voxel_size: [4, 3, 2], voxel_size_unit: "mm", orientation: "LPS" })).toBe(
      "Voxels of 2 × 3 × 4 mm. x points to the patient's left, y to the back, z up.",
    );
    expect(describeSpace({ pixel_size: [0.2, 0.1], pixel_size_unit: "mm" })).toBe("Pixels of 0.1 × 0.2 mm.");
    expect(describeSpace({ voxel_size: [1, 1, 1], voxel_size_unit: null })).toBe(
      "Voxels of 1 × 1 × 1, in a unit that the file does not name.",
    );
  });
  test("is said for an MRC map whose columns do not run along x", () => {
    const attributes = { voxel_size_angstrom: [1, 2, 3], axes: ["x", "z", "y"] };
    expect(describeSpace(attributes)).toBe(
      "Voxels of 3 × 2 × 1 Å. Columns run along y, rows along z, sections along x.",
    );
    expect(describeSpace({ axes: ["z", "y", "x"] })).toBe("");
  });
  test("is not said where the file lies or is silent", () => {
    expect(describeSpace({ voxel_size: [0, 1, 1], orientation: "XYZ" })).toBe("");
    expect(voxelOf({ voxel_size: [null, 1, 1] })).toBeUndefined();
    expect(describeSpace({})).toBe("");
  });
  test("pages that are not in the array are counted, and notes are shown", () => {
    expect(describeMissing({ pages_left_out: 1 })).toBe("Left out: 1 page unlike the first.");
    expect(describeMissing({ pages_left_out: 3, notes: ["The file ends after 2 of 9 images."] })).toBe(
      "Left out: 3 pages unlike the first. The file ends after 2 of 9 images.",
    );
    expect(describeMissing({ pages_left_out: 0 })).toBe("");
  });
  test("y grows upwards where the server says so, and nowhere else", () => {
    expect([{ bottom_up: true }, { bottom_up: "no" }, {}].map(isBottomUp)).toEqual([true, false, false]);
  });
  test("0 is white where the file says so, until colours are chosen", () => {
    expect([{ photometric: 0 }, { photometric: 1 }, {}].map(usualColours)).toEqual(["inverted", "grey", "grey"]);
  });
  test("what a number stands for is said where it is another one", () => {
    expect([meantBy(10, { scale_factor: 0.5, add_offset: -1 }), meantBy(10, {})]).toEqual([4, undefined]);
  });
});

describe("what is read of an array", () => {
  const plan = (shape: number[], side: number, indices: number[] = []) => {
    const axes = axesOf(layout(...shape));
    if (!axes) throw new Error("no axes");
    const lengths = lengthsOf(layout(...shape), axes);
    const made = planFor(layout(...shape), axes, whole(lengths), indices, { values: side ** 3, side: 2048 });
    return { ...made, words: describePlan(made, lengths) };
  };

  test("all of what is small", () => {
    const { selection, words } = plan([10, 20, 30], 256);
    expect([selection, words]).toEqual(["0:10,0:20,0:30", "All 30 × 20 × 10 voxels."]);
  });
  test("each n-th along the axes that have most, and the page says so", () => {
    const { selection, size, words } = plan([40, 4096, 4096], 256);
    expect([selection, size]).toEqual(["0:40,0:4096:7,0:4096:7", [586, 586, 40]]);
    expect(words).toBe(
      "Sampled: all along z, every 7th along x and y; 586 × 586 × 40 values represent 4096 × 4096 × 40. Values between them are not shown.",
    );
  });
  test("an image has two axes", () => expect(plan([300, 200], 256).words).toBe("All 200 × 300 pixels."));
  test("one index of the axes before space, and of the colours behind it", () =>
    expect([plan([7, 10, 20, 30], 256, [3]).selection, plan([5, 20, 30, 3], 256, [2]).selection]).toEqual([
      "3,0:10,0:20,0:30",
      "0:5,0:20,0:30,2",
    ]));
  test("a list has no picture", () => expect(axesOf(layout(9))).toBeUndefined());
  test("never more than there is room for, however long the axes are", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e5 }), { minLength: 3, maxLength: 3 }), (shape) => {
        const { size, step } = plan(shape, 128);
        expect(size.reduce((product, each) => product * each)).toBeLessThanOrEqual(128 ** 3);
        size.forEach((count, axis) => {
          expect(count).toBe(Math.ceil((shape[2 - axis] as number) / (step[axis] as number)));
          expect(count).toBeLessThanOrEqual(2048);
        });
      }),
      { numRuns: 20 },
    ));
});

describe("values", () => {
  test("of either order of bytes", () =>
    expect([
      [...toNumbers(Uint8Array.of(1, 2, 3, 4).buffer, ">u2")],
      [...toNumbers(Uint8Array.of(1, 2, 3, 4).buffer, "<i2")],
      [...toNumbers(Uint8Array.of(0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00).buffer, "<f2")],
      [...toNumbers(new BigInt64Array([-5n, 7n]).buffer, "<i8")],
    ]).toEqual([
      [258, 772],
      [513, 1027],
      [1, -2, 2 ** -24],
      [-5, 7],
    ]));
  test("a cut chunk is refused", () => expect(() => toNumbers(new ArrayBuffer(3), "<u2")).toThrow());
  test("the value for no data does not count", () => {
    const noData = noDataOf({ no_data: 255 });
    expect(measure(Uint8Array.of(255, 3, 255, 7), noData)).toMatchObject({ least: 3, most: 7 });
    expect([{ no_data: "NaN" }, {}, { _FillValue: [-1, 0] }].map(noDataOf)).toEqual([undefined, undefined, undefined]);
    expect([{ _FillValue: -32768 }, { _FillValue: [9] }].map(noDataOf)).toEqual([-32768, 9]);
  });
  test("what is no number does not count, and a hot value does not set the range", () => {
    const values = new Float32Array(10_000).map((_, i) => i % 100);
    values[7] = Number.NaN;
    values[8] = Number.POSITIVE_INFINITY;
    values[9] = 1e6;
    const { least, most, usual } = measure(values);
    expect([least, most]).toEqual([0, 1e6]);
    expect(usual.high).toBeLessThan(1000);
  });
  test("equal values have a range", () =>
    expect(measure(new Uint8Array(9).fill(4)).usual).toEqual({ low: 4, high: 5 }));
  test("nothing but what is no number", () =>
    expect(measure(new Float32Array(9).fill(Number.NaN)).usual).toEqual({ low: 0, high: 1 }));
  test("floats of 16 bits are near, and keep the order", () => {
    let before = -1;
    for (let i = 0; i <= 1000; i++) {
      const half = toHalf(i / 1000);
      expect(half).toBeGreaterThanOrEqual(before);
      before = half;
      const [back] = toNumbers(Uint16Array.of(half).buffer, "<f2");
      expect(Math.abs((back as number) - i / 1000)).toBeLessThan(1e-3);
    }
    expect(toHalf(1)).toBe(0x3c00);
  });
  test("a block knows the largest value in it and next to it", () => {
    const size: Triple = [40, 9, 17];
    const halves = new Uint16Array(40 * 9 * 17);
    halves[(16 * 9 + 8) * 40 + 39] = 5;
    const { size: blocks, maxima } = blockMaxima(halves, size);
    expect(blocks).toEqual(size.map((each) => Math.ceil(each / blockEdge)));
    const known = [...maxima].flatMap((most, at) => (most === 5 ? [at] : []));
    const all = [0, 1].flatMap((y) => [1, 2].flatMap((z) => [3, 4].map((x) => (z * 2 + y) * 5 + x)));
    expect(known.sort()).toEqual(all.sort());
  });
});

describe("panes", () => {
  const size: Triple = [40, 20, 10];
  const scale: Triple = [1, 2, 1];

  test.each(["xy", "xz", "yz"] as const)("in the slice %s each value is under its lines", (name) => {
    for (const isBottomUp of [false, true]) {
      const [pane] = panesOf(name, 333, 222);
      const at: Triple = [33, 4, 7];
      const slice = sliceIn(pane as never, size, scale, at, isBottomUp);
      const { x, y } = crossIn(slice, at);
      expect(placeIn(slice, size, x, y)).toEqual(at);
      expect(placeIn(slice, size, -1e4, 0)).toBeUndefined();
    }
  });
  test("the first row of an image is on top, that of an MRC file at the bottom", () => {
    const [pane] = panesOf("xy", 300, 300);
    const y = (isBottomUp: boolean) => crossIn(sliceIn(pane as never, size, scale, [0, 0, 0], isBottomUp), [0, 0, 0]).y;
    expect(y(false)).toBeLessThan(150);
    expect(y(true)).toBeGreaterThan(150);
  });
  test("a volume is turned, not mirrored", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: -180, max: 180 }),
        fc.integer({ min: -90, max: 90 }),
        fc.boolean(),
        (yaw, pitch, up) => {
          const [a, b, c, d, e, f, g, h, i] = turnOf({ yaw, pitch, zoom: 1 }, up) as never as number[];
          const volume = (n?: number) => n as number;
          const det =
            volume(a) * (volume(e) * volume(i) - volume(f) * volume(h)) -
            volume(b) * (volume(d) * volume(i) - volume(f) * volume(g)) +
            volume(c) * (volume(d) * volume(h) - volume(e) * volume(g));
          // Right, up and away are no right-handed set; x, y and z are.
          expect(det).toBeCloseTo(-1);
        },
      ),
    ));
});

describe("the address", () => {
  test("what is usual is not written, and what is no sense gets its usual value", () => {
    const bad = new URLSearchParams(
      "camera=1,2&place=a,b,c&draw=x&range=9,1&opacity=7&clip=0:2,0:1,0:1&box=1:2,3:4&detail=9999&index=-1&at=3",
    );
    const read = readVolumeAddress(bad);
    expect(read).toMatchObject({ camera: usualCamera, clip: noClip, mode: "translucent", detail: "256", indices: [0] });
    expect([read.place, read.range, read.box]).toEqual([undefined, undefined, undefined]);
    expect(String(writeVolumeAddress(read, new URLSearchParams("at=3")))).toBe("at=3");
  });
  test("all that is seen comes back", () => {
    const seen = {
      array: "entry/data",
      indices: [3],
      layout: "3d" as const,
      camera: { yaw: -12, pitch: 40, zoom: 2 },
      place: [1, 2, 3] as const,
      mode: "surface" as const,
      colours: "viridis" as const,
      range: { low: -1, high: 9.5 },
      threshold: 2.5,
      opacity: 0.4,
      clip: [
        [0, 0.5],
        [0.25, 1],
        [0, 1],
      ] as const,
      ruler: undefined,
      box: [
        [0, 10],
        [5, 20],
        [0, 1],
      ] as const,
      detail: "128" as const,
    };
    expect(readVolumeAddress(writeVolumeAddress(seen, new URLSearchParams()))).toEqual(seen);
  });
});

describe("lengths and values of a volume", () => {
  test("portal review 8: a scale bar is a round length, at most a third of its pane", () => {
    expect([81, 100, 19.9, 0.07, 1].map(roundLength)).toEqual([50, 100, 10, 0.05, 1]);
    const pane = { name: "xy" as const, left: 10, top: 0, width: 400, height: 400 };
    const slice = sliceIn(pane, [200, 100, 50], [1, 1, 2], [0, 0, 0], false);
    // 200 values fill 400 points: half a value of 13.5 Å for each point.
    const [bar] = barIn(pane, slice, { scale: [1, 1, 2], length: { of: 13.5, unit: "Å" } }, 1);
    expect([bar?.text, (bar?.x2 ?? 0) - (bar?.x1 ?? 0)]).toEqual(["500 Å", 500 / 6.75]);
    expect(barIn(pane, slice, { scale: [1, 1, 2], length: undefined }, 1)).toEqual([]);
  });
  test("portal review 8: values have the digits of their type, and long lengths a larger unit", () => {
    expect([-0.13449431955814362, 65535, 1e-12, 3].map(formatValue)).toEqual(["-0.134494", "65535", "1e-12", "3"]);
    expect([Number(2n ** 53n + 1n), Number(-(2n ** 62n))].map(formatValue)).toEqual(["9.00720e+15", "-4.61169e+18"]);
    expect([formatLength(1066.5, "Å"), formatLength(81, "Å"), formatLength(1.25, "mm"), formatLength(3, "")]).toEqual([
      "106.7 nm",
      "81 Å",
      "1.25 mm",
      "3",
    ]);
  });
  test("portal review 8: the ruler measures between voxels that need not be cubes, and is drawn in its own slice", () => {
    const ends = [
      [0, 0, 5],
      [3, 4, 5],
    ] as const;
    expect(distanceOf(ends, [2, 1.5, 7])).toBeCloseTo(Math.hypot(6, 6));
    const pane = { name: "xy" as const, left: 0, top: 0, width: 100, height: 100 };
    const slice = sliceIn(pane, [10, 10, 10], [1, 1, 1], [0, 0, 5], false);
    expect(rulerIn(pane, slice, { ruler: ends, at: [0, 0, 5] })).toMatchObject([{ x1: 5, y1: 5, x2: 35, y2: 45 }]);
    expect(rulerIn(pane, slice, { ruler: ends, at: [0, 0, 4] })).toEqual([]);
  });
  test("portal review 8: σ is the deviation of the finite values", () => {
    const { mean, sigma } = spreadOf(Float32Array.from([1, 2, 3, 4, Number.NaN, Number.POSITIVE_INFINITY]));
    expect([mean, sigma]).toEqual([2.5, Math.sqrt(1.25)]);
    expect(spreadOf([1, 3, -9999], -9999)).toEqual({ mean: 2, sigma: 1 });
    expect(spreadOf([])).toEqual({ mean: 0, sigma: 0 });
  });
  test("portal review 8: the address has the ruler", () => {
    const search = new URLSearchParams("ruler=1,2,3,4,5,6");
    expect(readVolumeAddress(search).ruler).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(String(writeVolumeAddress(readVolumeAddress(search), new URLSearchParams()))).toBe(
      "ruler=1%2C2%2C3%2C4%2C5%2C6",
    );
  });
});
