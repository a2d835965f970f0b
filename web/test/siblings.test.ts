import { expect, test } from "vitest";
import type { Entry } from "../src/siblings/entries";
import { neighboursIn, pathBy, seriesOf } from "../src/siblings/series";

const files = (...paths: string[]) => paths.map((path) => ({ path, kind: "file", size: 1 }) as Entry);

test("neighbours follow each other as people order names", () => {
  const folder = files("a/f1.png", "a/f10.png", "a/f2.png", "a/notes.txt");
  expect(neighboursIn(folder, "a/f2.png")).toEqual({ previous: "a/f1.png", next: "a/f10.png", place: 2, count: 3 });
  expect(neighboursIn(folder, "a/notes.txt")).toEqual({ previous: "a/f10.png", next: undefined, place: 4, count: 4 });
  expect(neighboursIn(folder, "a/f1.png")?.previous).toBeUndefined();
  expect(neighboursIn(folder, "a/gone.png")).toBeUndefined();
});

test("a movie follows a movie, whatever lies between them", () => {
  const folder = files("m_1_a7.mrc", "m_1_a7.xml", "m_2_b9.mrc", "m_2_b9.xml", "000001", "000002");
  expect(neighboursIn(folder, "m_1_a7.mrc")).toEqual({ previous: undefined, next: "m_2_b9.mrc", place: 1, count: 2 });
  expect(neighboursIn(folder, "000002")?.previous).toBe("000001");
});

test("the file one further keeps the digits of its number", () => {
  expect(pathBy("run2/tilt_0099_small.png", 1)).toBe("run2/tilt_0100_small.png");
  expect(pathBy("frame-0000010.cbf", -1)).toBe("frame-0000009.cbf");
  expect(pathBy("000001", 1)).toBe("000002");
  expect(pathBy("a/0.png", -1)).toBeUndefined();
  expect(pathBy("run2/notes.mp4", 1)).toBeUndefined();
});

test("a series has the files that differ in their number only", () => {
  const folder = files("tilt_10.png", "tilt_9.png", "tilt_1.jpg", "other_1.png", "tilt_x.png");
  expect(seriesOf(folder, "tilt_9.png").map(({ path }) => path)).toEqual(["tilt_9.png", "tilt_10.png"]);
  expect(seriesOf(folder, "tilt_1.jpg")).toEqual([]);
  expect(seriesOf(folder, "tilt_x.png")).toEqual([]);
});
