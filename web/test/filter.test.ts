import { expect, test } from "vitest";
import { readFilter } from "../src/analysis/filter";
import type { Column, ResultRow } from "../src/analysis/rows";

const columns = [
  { name: "spots", title: "Spots", description: "", kind: "integer", unknown: -1, inPlot: true },
  { name: "d_min", title: "d min", description: "", kind: "number", inPlot: false },
] as Column[];
const rows = [
  { "file-number": 1, spots: 20, d_min: 2.1 },
  { "file-number": 2, spots: -1, d_min: 1.5 },
  { "file-number": 3, spots: 30 },
  { "file-number": 4, error: "no frame" },
] as ResultRow[];
const kept = (text: string) => {
  const filter = readFilter(text, columns);
  return filter && rows.filter(filter).map((row) => row["file-number"]);
};

test("comparisons that are joined by and keep the rows that match all of them", () => {
  expect(kept("spots >= 20")).toEqual([1, 3]);
  expect(kept("spots>=20 and d_min < 2.5")).toEqual([1]);
  expect(kept("frame > 1 AND frame <= 3")).toEqual([2, 3]);
  expect(kept("d_min != 1.5")).toEqual([1]);
});

test("an unknown or missing value matches nothing", () => {
  expect(kept("spots < 25")).toEqual([1]);
  expect(kept("spots != 30")).toEqual([1]);
});

test("what is no such condition is none", () => {
  for (const text of ["", "spots", "spots >= ", "other > 1", "spots >= 1 or d_min < 2", "spots => 1", "spots > '1'"])
    expect(readFilter(text, columns)).toBeUndefined();
});
