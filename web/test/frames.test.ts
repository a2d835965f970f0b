import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readAddress, writeAddress } from "../src/frames/address";
import { type Codec, DamagedFrame, unpack, unpackBlocks } from "../src/frames/decode/codecs";
import { tasksOf } from "../src/frames/decode/decoder";
import { unpackBlock } from "../src/frames/decode/lz4";
import { Picture } from "../src/frames/decode/picture";
import { levels, measure, reduce } from "../src/frames/decode/pixels";
import { addFrame, emptyPicture, limitsOf } from "../src/frames/decode/together";
import {
  beamOn,
  type Geometry,
  geometryOf,
  iceRingsOn,
  resolutionRings,
  scatteringAt,
  turnedGeometry,
} from "../src/frames/detector/geometry";
import { readHeader } from "../src/frames/detector/header";
import { readMask, reasonOf } from "../src/frames/detector/mask";
import { profileOf, regionOf } from "../src/frames/detector/measure";
import { framePath, parseFramePath } from "../src/frames/detector/path";
import { readSpots } from "../src/frames/detector/spots";
import { readStrong } from "../src/frames/detector/strong";
import { isDark, shareOf } from "../src/frames/draw/colours";
import { contrastFor } from "../src/frames/draw/contrast";
import { moved, toFrame, toWindow, whole, zoomed } from "../src/frames/draw/view";
import { describeFrame } from "../src/frames/Readout";
import { bytesPerSecond, sightBin } from "../src/frames/sight";

const data = "../tests/data";
const expected = JSON.parse(readFileSync(`${data}/synthetic/expected.json`, "utf8"));
const width = 331;
const height = 253;
const chunkOf = (image: number) => new Uint8Array(readFileSync(`${data}/synthetic/chunk_00000${image}.bslz4`));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const packing = (codec: Codec, filterMask = 0) => ({
  codec,
  filterMask,
  size: 2,
  width,
  height,
  bin: 1,
  largest: 65534,
  trusted: 65534,
  smallest: 0,
});

/** The frame recorded from an EIGER2 16M, out of its message. */
function recorded(): Uint8Array {
  const message = readFileSync(`${data}/tickit-devices/image.cbor`);
  const head = Buffer.alloc(12);
  head.writeBigUInt64BE(BigInt(4362 * 4148 * 2));
  head.writeUInt32BE(8192, 8);
  const begin = message.indexOf(head);
  return new Uint8Array(message.subarray(begin, begin + 513_082));
}

test("bitshuffled frames of the plug-in and of a detector unpack to their known pixels", async () => {
  for (let image = 1; image <= 5; image++) {
    const pixels = await unpack("bslz4", 0, chunkOf(image), 2, width * height);
    expect(sha256(pixels)).toBe(expected.images[image - 1].sha256_le_u16);
  }
  const pixels = await unpack("bslz4", 0, recorded(), 2, 4362 * 4148);
  expect(sha256(pixels)).toBe("cf12323dbcdb88976a6e32f27a352d8a55b8561fc43409d87dab725dc98c0387");
});

test("the bands of a frame are the frame, for any number of workers", async () => {
  const chunk = chunkOf(3);
  const all = await unpack("bslz4", 0, chunk, 2, width * height);
  for (const workers of [1, 2, 3, 4, 7]) {
    const parts = tasksOf(chunk, packing("bslz4"), workers).map(({ first, task }) => {
      expect(first % 2 ** levels).toBe(0);
      const target = new Uint8Array(task.held * 2);
      unpackBlocks(new Uint8Array(task.packed), 2, task.blockPixels as number, target);
      return target.subarray(task.skip * 2, (task.skip + task.rows * width) * 2);
    });
    expect(parts.length).toBeLessThanOrEqual(workers);
    expect(Buffer.compare(Buffer.concat(parts), all)).toBe(0);
  }
  const [only, ...others] = tasksOf(new Uint8Array(width * height * 2), packing("raw"), 4);
  expect(others).toEqual([]);
  expect(only?.task.rows).toBe(height);
});

/** Bit planes as bitshuffle makes them, one bit after the other. */
function toPlanes(pixels: Uint8Array, size: number): Uint8Array {
  const count = pixels.length / size;
  const planes = new Uint8Array(pixels.length);
  for (let bit = 0; bit < 8 * size; bit++)
    for (let pixel = 0; pixel < count; pixel++)
      if (((pixels[pixel * size + (bit >> 3)] as number) >> (bit & 7)) & 1)
        (planes[bit * (count / 8) + (pixel >> 3)] as number) |= 1 << (pixel & 7);
  return planes;
}

/** LZ4 without matches. */
function literal(bytes: Uint8Array): Uint8Array {
  const more: number[] = [];
  for (let left = bytes.length - 15; left >= 0; left -= 255) more.push(Math.min(left, 255));
  if (more.at(-1) === 255) more.push(0);
  return new Uint8Array([bytes.length < 15 ? bytes.length << 4 : 0xf0, ...more, ...bytes]);
}

function big(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, place) => Math.floor(value / 256 ** (bytes - 1 - place)) & 255);
}

/** A bitshuffled frame with blocks of so many pixels. */
function pack(pixels: Uint8Array, size: number, block: number): Uint8Array {
  const parts = [...big(pixels.length, 8), ...big(block * size, 4)];
  let at = 0;
  while (pixels.length - at >= 8 * size) {
    const left = (pixels.length - at) / size;
    const bytes = Math.min(block, left - (left % 8)) * size;
    const packed = literal(toPlanes(pixels.slice(at, at + bytes), size));
    parts.push(...big(packed.length, 4), ...packed);
    at += bytes;
  }
  return new Uint8Array([...parts, ...pixels.subarray(at)]);
}

/** The same numbers each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test("pixels of each size, with few or many bits, come back from their planes, and those that are left over too", async () => {
  const next = random(1);
  for (const size of [1, 2, 4])
    for (const count of [8, 64, 67, 331, 1003])
      for (const few of [true, false]) {
        const pixels = new Uint8Array(count * size).map((_, place) =>
          few ? (place % size === 0 ? next() * 3 : 0) : next() * 256,
        );
        expect(await unpack("bslz4", 0, pack(pixels, size, 64), size, count)).toEqual(pixels);
      }
});

test("every codec unpacks, and what a filter mask left out is taken as it is", async () => {
  const plain = new Uint8Array(600).map((_, place) => (place % 7 === 0 ? place : 3));
  const shuffled = new Uint8Array(600).map((_, place) => plain[(place % 300) * 2 + Math.floor(place / 300)] as number);
  const framed = [...big(600, 8), ...big(400, 4)];
  const first = literal(plain.subarray(0, 400));
  const lz4 = new Uint8Array([...framed, ...big(first.length, 4), ...first, ...big(200, 4), ...plain.subarray(400)]);
  expect(await unpack("raw", 0, plain, 2, 300)).toEqual(plain);
  expect(await unpack("lz4", 0, lz4, 2, 300)).toEqual(plain);
  expect(await unpack("gzip", 0, new Uint8Array(deflateSync(plain)), 2, 300)).toEqual(plain);
  expect(await unpack("shuffle-gzip", 0, new Uint8Array(deflateSync(shuffled)), 2, 300)).toEqual(plain);
  expect(await unpack("shuffle-gzip", 1, new Uint8Array(deflateSync(plain)), 2, 300)).toEqual(plain);
  expect(await unpack("shuffle-gzip", 2, shuffled, 2, 300)).toEqual(plain);
  for (const codec of ["bslz4", "lz4", "gzip"] as const) expect(await unpack(codec, 1, plain, 2, 300)).toEqual(plain);
});

test("byte offsets grow with the difference, and wrap at the size of a pixel", async () => {
  const packed = [
    5,
    0xfe,
    0x80,
    0x10,
    0x27,
    0x80,
    0x00,
    0x80,
    0x70,
    0x11,
    0x01,
    0x00,
    0x80,
    0x00,
    0x80,
    0,
    0,
    0,
    0x80,
    ...[0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0],
  ];
  const pixels = await unpack("byte-offset", 0, new Uint8Array(packed), 4, 5);
  expect([...new Int32Array(pixels.buffer)]).toEqual([5, 3, 10_003, 80_003, (80_003 + 0x7fffffff) | 0]);
});

test("a frame that is cut, grown or damaged anywhere is refused or unpacked, and never hangs", async () => {
  const whole = chunkOf(1);
  const refused = (chunk: Uint8Array, codec: Codec = "bslz4") =>
    expect(unpack(codec, 0, chunk, 2, width * height)).rejects.toBeInstanceOf(DamagedFrame);
  for (const length of [0, 7, 11, 12, 15, 16, 1000, whole.length - 1]) await refused(whole.slice(0, length));
  for (const codec of ["lz4", "gzip", "shuffle-gzip", "raw", "byte-offset"] as const)
    await refused(whole.slice(0, 1000), codec);
  const next = random(7);
  for (let run = 0; run < 300; run++) {
    const damaged = whole.slice();
    for (let flip = 0; flip < 3; flip++) damaged[Math.floor(next() * damaged.length)] = next() * 256;
    try {
      expect((await unpack("bslz4", 0, damaged, 2, width * height)).length).toBe(width * height * 2);
    } catch (error) {
      expect(error).toBeInstanceOf(DamagedFrame);
    }
  }
});

test("an LZ4 block reads and writes nothing outside of its range", () => {
  const source = new Uint8Array([0xff, 1, 0x14, 65, 1, 0, 0x1f, 66, 2, 0, 0, 0x30, 67, 68, 69]);
  const target = new Uint8Array(64);
  expect(unpackBlock(source, 2, 15, target, 0, 64)).toBe(1 + 8 + 1 + 19 + 3);
  expect(new TextDecoder().decode(target.subarray(0, 32))).toBe(
    `${"AAAAAAAAABABABABABABABABABABABCDE".slice(0, 29)}CDE`,
  );
  // Too long for the target, a match before its begin, no offset, an end in the middle.
  expect(unpackBlock(source, 2, 15, target, 0, 20)).toBe(-1);
  expect(unpackBlock(new Uint8Array([0x10, 65, 2, 0]), 0, 4, target, 0, 64)).toBe(-1);
  expect(unpackBlock(new Uint8Array([0x10, 65, 0, 0]), 0, 4, target, 0, 64)).toBe(-1);
  for (let end = 2; end < 15; end++) expect(unpackBlock(source, 2, end, target, 0, 64)).not.toBe(32);
});

test("resolutions are those of the analysis", () => {
  const { square, turned } = JSON.parse(readFileSync(`${data}/geometry/expected.json`, "utf8"));
  const detectors: [Geometry | undefined, { x: number; y: number; inverse: number }[]][] = [
    // biome-ignore lint/suspicious/noExplicitAny: it is JSON
    ...square.map(({ places, ...detector }: any) => [geometryOf(detector), places]),
    [turnedGeometry(turned.wavelength, turned.detector), turned.places],
  ];
  for (const [geometry, places] of detectors) {
    if (!geometry) throw new Error("a geometry is missing");
    for (const { x, y, inverse } of places) {
      const { d, twoTheta, q } = scatteringAt(geometry, x, y);
      expect(1 / d).toBeCloseTo(inverse, 12);
      expect(q).toBeCloseTo(2 * Math.PI * inverse, 11);
      expect(2 * Math.sin((twoTheta * Math.PI) / 360)).toBeCloseTo(inverse * geometry.wavelength, 12);
    }
  }
  expect(geometryOf({ ...square[0], wavelength: 0 })).toBeUndefined();
  expect(geometryOf({ ...square[0], x: undefined })).toBeUndefined();
  expect(turnedGeometry(1, undefined)).toBeUndefined();
  expect(turnedGeometry(1, { ...turned.detector, slow: turned.detector.fast })).toBeUndefined();
});

test("rings stand where the resolution is theirs, on a detector that is turned too", () => {
  const square = geometryOf({
    wavelength: 0.9763,
    distance: 0.10861,
    pixelX: 75e-6,
    pixelY: 150e-6,
    x: 1037.25,
    y: 500,
  });
  const arm = (45 * Math.PI) / 180;
  const turned = turnedGeometry(0.9763, {
    origin: [0.1 * Math.sin(arm) - 0.075 * Math.cos(arm), -0.075, 0.1 * Math.cos(arm) + 0.075 * Math.sin(arm)],
    fast: [75e-6 * Math.cos(arm), 0, -75e-6 * Math.sin(arm)],
    slow: [0, 75e-6, 0],
  });
  for (const geometry of [square, turned]) {
    if (!geometry) throw new Error("a geometry is missing");
    const rings = [...resolutionRings(geometry, 2068, 1000), ...iceRingsOn(geometry, 2068, 1000)];
    expect(rings.length).toBeGreaterThan(4);
    for (const { d, places } of rings)
      for (const place of places) if (place) expect(scatteringAt(geometry, place.x, place.y).d).toBeCloseTo(d, 6);
  }
  expect(iceRingsOn(square as Geometry, 2068, 1000)[0]?.d).toBeCloseTo(3.895, 3);
  expect(beamOn(square as Geometry)?.x).toBeCloseTo(1037.25, 6);
  expect(beamOn(square as Geometry)?.y).toBeCloseTo(500, 6);
});

test("far out, each number is the largest valid one below it", () => {
  const limits = { largest: 65534, trusted: 1000, smallest: 0, mask: new Uint8Array(15) };
  limits.mask[7] = 1;
  const pixels = new Uint16Array([1, 2, 65535, 65535, 9, 3, 4, 60000, 65535, 0, 5, 1001, 0, 0, 0]);
  const made = reduce(pixels, 5, limits);
  expect(made.length).toBe(levels);
  expect([...(made[0] as Uint16Array)]).toEqual([4, 65535, 9, 1001, 0, 0]);
  expect([...(made[1] as Uint16Array)]).toEqual([1001, 9]);
  expect([...(made[2] as Uint16Array)]).toEqual([1001]);
  const { valid, sum, max, saturated, histogram } = measure(pixels, limits);
  expect({ valid, sum, max, saturated }).toEqual({ valid: 11, sum: 1025, max: 1001, saturated: 1 });
  expect([histogram[0], histogram[1], histogram[1001]]).toEqual([4, 1, 1]);
});

test("maxima and statistics are those of the slow rule, for each type, with and without a mask", () => {
  const next = random(3);
  const [columns, rows] = [37, 23];
  for (const [kind, largest] of [
    [Uint8Array, 254],
    [Uint8Array, 127],
    [Uint16Array, 65534],
    [Uint16Array, 32767],
    [Uint32Array, 4294967294],
    [Uint32Array, 2147483647],
  ] as const)
    for (const masked of [true, false]) {
      const pixels = new kind(columns * rows).map(() => {
        const choice = next();
        return choice < 0.2 ? -1 : choice < 0.6 ? next() * 5 : next() * 2 ** (8 * kind.BYTES_PER_ELEMENT);
      });
      const mask = masked ? new Uint8Array(columns * rows).map(() => (next() < 0.3 ? 1 : 0)) : undefined;
      const limits = { largest, trusted: 100, smallest: 0, mask };
      const nothing = 2 ** (8 * kind.BYTES_PER_ELEMENT) - 1;
      const counted = [...pixels].map((value, place) => (value > largest || mask?.[place] ? undefined : value));
      for (const [level, made] of reduce(pixels, columns, limits).entries()) {
        const side = 2 ** (level + 1);
        const width = Math.ceil(columns / side);
        const slow = new Array(width * Math.ceil(rows / side)).fill(nothing);
        for (const [place, value] of counted.entries()) {
          const to = Math.floor(Math.floor(place / columns) / side) * width + Math.floor((place % columns) / side);
          if (value !== undefined && (slow[to] === nothing || value > slow[to])) slow[to] = value;
        }
        expect([...made]).toEqual(slow);
      }
      const valid = counted.filter((value) => value !== undefined);
      const { histogram, ...rest } = measure(pixels, limits);
      expect(rest).toEqual({
        valid: valid.length,
        sum: valid.reduce((sum, value) => sum + value, 0),
        max: Math.max(...valid),
        saturated: valid.filter((value) => value > 100).length,
      });
      expect(histogram.reduce((sum, count) => sum + count)).toBe(valid.length);
    }
});

test("the header says what pixels are; what it cannot be is refused in words", () => {
  const bare = { x_pixels_in_detector: 3, y_pixels_in_detector: 2, bit_depth_image: 32, nimages: 7 };
  const header = readHeader(JSON.stringify(bare));
  expect(header).toMatchObject({ columns: 3, rows: 2, size: 4, codec: "bslz4", images: 7, largest: 2 ** 32 - 2 });
  expect(header.geometry).toBeUndefined();
  const signed = { ...bare, saturation_value: 500, hutch: { type: "int16", codec: "byte-offset", images: 9 } };
  expect(readHeader(JSON.stringify(signed))).toMatchObject({
    size: 2,
    isSigned: true,
    largest: 32767,
    trusted: 500,
    images: 9,
  });
  expect(() => readHeader("{")).toThrow("not JSON");
  expect(() => readHeader("[]")).toThrow("not a JSON object");
  expect(() => readHeader("{}")).toThrow("lacks x_pixels_in_detector");
  expect(() => readHeader(JSON.stringify({ ...bare, bit_depth_image: 12 }))).toThrow("bit_depth_image must be");
  expect(() => readHeader(JSON.stringify({ ...bare, hutch: { codec: "zip" } }))).toThrow("unknown codec 'zip'");
  expect(() => readHeader(JSON.stringify({ ...bare, x_pixels_in_detector: 1e6, y_pixels_in_detector: 1e6 }))).toThrow(
    "too many",
  );
});

test("a mask keeps the reason of each pixel", () => {
  const head = `${"{'descr': '<u4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117, " ")}\n`;
  const values = new Uint32Array([0, 1, 1, 18, 0x80000000, 0]);
  const file = (text: string) =>
    new Uint8Array([
      0x93,
      ...Buffer.from("NUMPY"),
      1,
      0,
      text.length,
      0,
      ...Buffer.from(text),
      ...new Uint8Array(values.buffer),
    ]);
  const mask = readMask(file(head), 3, 2);
  expect([...mask.codes]).toEqual([0, 1, 1, 2, 3, 0]);
  expect(mask.values.map(reasonOf)).toEqual([
    "masked (value 0)",
    "gap between modules",
    "dead pixel, noisy pixel",
    "virtual pixel",
  ]);
  expect(() => readMask(file(head), 2, 3)).toThrow("2 × 3");
  const wide = file(head.replace("<u4", "<i8").replace("(2, 3)", "(1, 3)"));
  expect([...readMask(wide, 3, 1).codes]).toEqual([1, 2, 1]);
  expect(() => readMask(file(head.replace("<u4", "<f8")), 3, 2)).toThrow("<f8");
  expect(() => readMask(file(head).slice(0, 140), 3, 2)).toThrow("too early");
});

test("a place of the window and of the frame are each other's, and zooming keeps the place under the pointer", () => {
  const frame = { width: 2068, height: 2162 };
  const window = { width: 700, height: 500 };
  const start = whole(frame, window);
  expect(start.zoom * frame.height).toBeLessThan(window.height);
  let view = start;
  for (const factor of [3, 1.7, 0.4, 8, 100, 0.0001]) {
    const before = toFrame(view, window, 200, 260);
    view = zoomed(view, frame, window, factor, 200, 260);
    const after = toFrame(view, window, 200, 260);
    if (view.x > 0 && view.x < frame.width && view.y > 0 && view.y < frame.height) {
      expect(after.x).toBeCloseTo(before.x, 6);
      expect(after.y).toBeCloseTo(before.y, 6);
    }
    const there = toWindow(view, window, after.x, after.y);
    expect(there.x).toBeCloseTo(200, 6);
  }
  expect(moved({ x: 10, y: 10, zoom: 2 }, frame, 1e6, -1e9)).toEqual({ x: 0, y: frame.height, zoom: 2 });
});

test("the address keeps all that is seen, and leaves out what is usual", () => {
  const usual = readAddress(new URLSearchParams(""));
  expect(usual).toEqual({
    frame: 1,
    channel: "",
    at: undefined,
    view: undefined,
    scale: "linear",
    colours: "inverted",
    range: undefined,
    rings: false,
    ice: false,
    run: undefined,
    line: undefined,
    region: undefined,
    together: undefined,
    follow: false,
    tried: undefined,
  });
  expect(String(writeAddress(usual, new URLSearchParams("other=7")))).toBe("other=7&frame=1");
  const all = {
    frame: 12,
    channel: "threshold_2",
    at: "3",
    view: { x: 10.25, y: 20.5, zoom: 0.125 },
    scale: "log" as const,
    colours: "heat" as const,
    range: { low: -1, high: 30 },
    rings: true,
    ice: true,
    run: "0123",
    line: { x1: 1, y1: 2.5, x2: 3, y2: -4 },
    region: { x1: 10, y1: 20, x2: 30, y2: 40 },
    together: { how: "sum" as const, count: 12 },
    follow: true,
    tried: { sigma_strong: 4.5, preset: "a:b, c", ice: false },
  };
  expect(readAddress(writeAddress(all, new URLSearchParams()))).toEqual(all);
  expect(readAddress(new URLSearchParams("try=on")).tried).toEqual({});
  expect(readAddress(new URLSearchParams("try=%25E0:1,x:,:2,a:b:c")).tried).toEqual({});
  expect(writeAddress({ ...usual, tried: {} }, new URLSearchParams()).get("try")).toBe("on");
  expect(
    readAddress(
      new URLSearchParams(
        "frame=-3&x=1&y=a&zoom=1&low=9&high=2&scale=x&colours=y&sum=1&max=101&line=1,2,3&region=1,2,3,x",
      ),
    ),
  ).toEqual(usual);
});

test("frames become one: sums and maxima, what is saturated once stays so, what has no data in one counts from the others", () => {
  const limits = { largest: 65534, trusted: 1000, smallest: 0 };
  const frames = [new Uint16Array([1, 65535, 7, 65535, 1001, 0]), new Uint16Array([2, 5, 65535, 65535, 3, 1])];
  const made = (how: "sum" | "max") => {
    const picture = emptyPicture(how, frames[0] as Uint16Array, limits.smallest);
    for (const frame of frames) addFrame(how, picture, frame, limits);
    return { picture: [...picture], ...measure(picture, { ...limitsOf(how, limits), mask: undefined }) };
  };
  expect(made("sum").picture).toEqual([3, 5, 7, 0xffffffff, 0xfffffffe, 1]);
  expect(made("sum")).toMatchObject({ valid: 5, saturated: 1 });
  expect(made("max").picture).toEqual([2, 5, 7, 65535, 1001, 1]);
  expect(made("max")).toMatchObject({ valid: 5, max: 1001, saturated: 1 });
});

test("negative numbers of integrating detectors count down to the smallest, and are shown, summed and drawn", () => {
  const json = { x_pixels_in_detector: 3, y_pixels_in_detector: 2, underload_value: -10, hutch: { type: "int16" } };
  const header = readHeader(JSON.stringify(json));
  expect(header.smallest).toBe(-10);
  const said = (more: object) => readHeader(JSON.stringify({ ...json, underload_value: undefined, ...more })).smallest;
  expect([said({}), said({ nexus: {} }), said({ nexus: {}, hutch: { type: "uint16" } })]).toEqual([0, -32767, 0]);
  const pixels = new Uint16Array(new Int16Array([-3, 5, -10, -11, -1, 7]).buffer);
  const limits = { largest: header.largest, trusted: header.trusted, smallest: header.smallest, mask: undefined };
  const statistics = measure(pixels, limits);
  expect(statistics).toMatchObject({ valid: 5, sum: -2, max: 7 });
  const made = reduce(pixels, 3, limits);
  expect([...new Int16Array((made[0] as Uint16Array).buffer)]).toEqual([5, 7]);
  expect([...(reduce(new Uint16Array(4).fill(32768), 2, limits)[0] as Uint16Array)]).toEqual([32768]);
  const picture = new Picture(3, 2, 1, [{ first: 0, count: 2, pixels, levels: made, statistics }]);
  expect(profileOf(picture, header, undefined, { x1: 0.5, y1: 0.5, x2: 2.5, y2: 0.5 })).toEqual([-3, 5, -10]);
  expect(regionOf(picture, header, undefined, { x1: 0, y1: 0, x2: 3, y2: 2 })).toMatchObject({
    pixels: 6,
    valid: 5,
    sum: -2,
    min: -10,
    max: 7,
  });
  const sum = emptyPicture("sum", pixels, header.smallest);
  for (const frame of [pixels, pixels]) addFrame("sum", sum, frame, limits);
  expect([...new Int32Array(sum.buffer)]).toEqual([-6, 10, -20, -(2 ** 31), -2, 14]);
  expect(measure(sum, { ...limitsOf("sum", limits), mask: undefined })).toMatchObject({ valid: 5, sum: -4, max: 14 });
});

test("a line has the counts along it, a region the statistics of its valid pixels", () => {
  const header = readHeader(JSON.stringify({ x_pixels_in_detector: 4, y_pixels_in_detector: 3, bit_depth_image: 16 }));
  const pixels = new Uint16Array([1, 2, 3, 65535, 5, 6, 7, 8, 9, 10, 11, 12]);
  const codes = new Uint8Array(12);
  codes[5] = 1;
  const limits = { largest: header.largest, trusted: header.trusted, smallest: 0, mask: codes };
  const statistics = measure(pixels, limits);
  const picture = new Picture(4, 3, 1, [{ first: 0, count: 3, pixels, levels: reduce(pixels, 4, limits), statistics }]);
  const mask = { codes, values: [0, 1] };
  expect(profileOf(picture, header, mask, { x1: 0.5, y1: 0.5, x2: 3.5, y2: 0.5 })).toEqual([1, 2, 3, null]);
  expect(profileOf(picture, header, mask, { x1: 1.5, y1: 2.5, x2: 1.5, y2: 0.5 })).toEqual([10, null, 2]);
  expect(profileOf(picture, header, mask, { x1: 3.5, y1: 2.5, x2: 5.5, y2: 2.5 })).toEqual([12, null, null]);
  const { deviation, ...rest } = regionOf(picture, header, mask, { x1: 2.2, y1: 1.7, x2: -9, y2: -9 });
  expect(rest).toEqual({ pixels: 6, valid: 5, sum: 18, mean: 3.6, min: 1, max: 7 });
  expect(deviation).toBeCloseTo(Math.sqrt((1 + 4 + 9 + 25 + 49) / 5 - 3.6 ** 2), 9);
  expect(regionOf(picture, header, mask, { x1: 9, y1: 9, x2: 12, y2: 12 }).pixels).toBe(0);
});

test("spots are read from a row", () => {
  const text = Buffer.from(new Uint8Array(new Uint16Array([8, 12, 20, 8000, 4]).buffer)).toString("base64");
  expect(readSpots(text)).toEqual([
    { x: 1.5, y: 2.5 },
    { x: 1000, y: 0.5 },
  ]);
  expect(readSpots("")).toEqual([]);
  expect(readSpots(Buffer.from(new Uint8Array([0, 0, 1, 1, 1, 1])).toString("base64"))).toEqual([]);
});

test("frames have paths of six digits or more, below their channel", () => {
  expect(framePath(7, "")).toBe("000007");
  expect(framePath(1_234_567, "a/b")).toBe("a/b/1234567");
  expect(parseFramePath("a/b/1234567")).toEqual({ number: 1_234_567, channel: "a/b" });
  expect(parseFramePath("000000")).toBeUndefined();
  expect(parseFramePath("12345")).toBeUndefined();
  expect(parseFramePath("header")).toBeUndefined();
});

test("a contrast shows the background weakly and spots in full", () => {
  const pixels = new Uint16Array(100_000).map((_, place) => (place % 1000 === 0 ? 300 : place % 4));
  const { low, high } = contrastFor(measure(pixels, { largest: 65534, trusted: 65534, smallest: 0, mask: undefined }));
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(5);
  expect(high).toBeLessThan(300);
  const nothing = measure(new Uint16Array(10).fill(65535), {
    largest: 65534,
    trusted: 65534,
    smallest: 0,
    mask: undefined,
  });
  expect(contrastFor(nothing).high).toBeGreaterThan(0);
  const contrast = { low: 0, high: 100, scale: "log", colours: "inverted" } as const;
  expect(shareOf(100, contrast)).toBe(1);
  expect(shareOf(9, contrast)).toBeCloseTo(Math.log(10) / Math.log(101), 9);
  expect(isDark(90, contrast)).toBe(true);
  expect(isDark(90, { ...contrast, colours: "grey" })).toBe(false);
});

describe("strong pixels", () => {
  const packed = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));

  test("are runs in the rows of the frame", () => {
    expect(readStrong(packed(2, 3, 0xa7, 2, 2), 100)).toEqual([
      { x: 2, y: 0, length: 3 },
      { x: 0, y: 3, length: 2 },
    ]);
    expect(readStrong("", 100)).toEqual([]);
  });

  test("that go on in the next row are cut there", () =>
    expect(readStrong(packed(8, 14), 10)).toEqual([
      { x: 8, y: 0, length: 2 },
      { x: 0, y: 1, length: 10 },
      { x: 0, y: 2, length: 2 },
    ]));
});

describe("The first picture of a frame", () => {
  const frame = { columns: 2068, rows: 2162 };
  const file = (transferSize: number, milliseconds: number) =>
    ({ transferSize, responseStart: 400, responseEnd: 400 + milliseconds }) as PerformanceResourceTiming;

  test("is as wide as the window where the line is fast or unknown", () => {
    expect(sightBin(frame, 1280, undefined)).toBe(2);
    expect(sightBin(frame, 1280, 100e6)).toBe(2);
    expect(sightBin(frame, 4000, 100e6)).toBe(1);
  });

  test("needs about a second where the line is slow", () => {
    expect(sightBin(frame, 1280, 50_000)).toBe(10);
    expect(sightBin(frame, 1280, 1)).toBe(64);
  });

  test("goes by the largest file that came over the line", () => {
    expect(bytesPerSecond([file(30_000, 1), file(150_000, 3000)])).toBe(50_000);
    expect(bytesPerSecond([file(0, 0), file(300, 1)])).toBeUndefined();
  });
});

// Portal review 1.
test("a reduced picture gives its largest value, and no counts of pixels as those of the frame", () => {
  const statistics = { valid: 1000, sum: 2500, max: 750, saturated: 0, histogram: new Float64Array() } as never;
  expect(describeFrame(statistics, 1)).toBe("1\u202f000 valid pixels · largest 750 · mean 2.500 · 0 saturated");
  expect(describeFrame(statistics, 4)).toBe("largest 750 · reduced 4 × 4: zoom in for the counts");
});
