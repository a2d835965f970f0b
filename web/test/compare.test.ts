import { expect, test } from "vitest";
import type { Column, ResultRow } from "../src/analysis/rows";
import { readFrames, stepped, writeFrames } from "../src/compare/address";
import { commonColumns, joined, linesOf, tableOf } from "../src/compare/runs";
import { hasEqualContent } from "../src/versions/side";

const column = (name: string, kind: Column["kind"] = "integer", unknown?: number): Column => ({
  name,
  title: name,
  description: name,
  kind,
  inPlot: true,
  unknown,
});

test("an address keeps which frames are compared, and how", () => {
  const search = new URLSearchParams("left=a&right=b&show=frames&frame=3&other=7&apart=on&contrast=own&zoom=2&x=5&y=6");
  const state = readFrames(search);
  expect(state).toMatchObject({ frame: 3, other: 7, apart: true, ownContrast: true, view: { x: 5, y: 6, zoom: 2 } });
  expect(readFrames(writeFrames(state, new URLSearchParams("left=a&right=b")))).toEqual(state);
  expect(String(writeFrames(state, new URLSearchParams("left=a&right=b")))).toContain("left=a&right=b");
});

test("an address without the second frame shows the same frame twice, and nonsense the first", () => {
  expect(readFrames(new URLSearchParams("frame=4")).other).toBe(4);
  expect(readFrames(new URLSearchParams("frame=4&other=-2")).other).toBe(1);
  expect(readFrames(new URLSearchParams("other=x&apart=maybe&contrast=?"))).toMatchObject({
    other: 1,
    apart: false,
    ownContrast: false,
  });
});

test("a step moves both frames by as much, unless they move apart", () => {
  const state = readFrames(new URLSearchParams("frame=5&other=2"));
  expect(stepped(state, "left", 9)).toEqual({ frame: 9, other: 6 });
  expect(stepped(state, "right", 4)).toEqual({ frame: 7, other: 4 });
  expect(stepped(state, "left", 1)).toEqual({ frame: 1, other: 1 });
  expect(stepped({ ...state, apart: true }, "right", 4)).toEqual({ frame: 5, other: 4 });
});

test("two runs are joined frame by frame, and a frame of one run alone has no change", () => {
  const spots = column("spots", "integer", -1);
  const row = (frame: number, value: number): ResultRow => ({ "file-number": frame, spots: value });
  const both = joined([row(2, 5), row(1, 3)], [row(1, 8), row(3, 4), row(2, -1)], spots);

  expect(tableOf(both, spots)).toEqual([
    ["1", "3", "8", "+5"],
    ["2", "5", "–", "–"],
    ["3", "–", "4", "–"],
  ]);
  expect(linesOf(spots, { left: "Left", right: "Right" }).map(({ key, label }) => [key, label])).toEqual([
    ["left:spots", "spots, Left"],
    ["right:spots", "spots, Right"],
  ]);
});

test("only columns of numbers that both runs have are compared", () => {
  const left = [column("spots"), column("word", "text"), column("mean", "number"), column("odd")];
  const right = [column("mean", "number"), column("word", "text"), column("spots"), column("odd", "text")];
  expect(commonColumns(left, right).map(({ name }) => name)).toEqual(["spots", "mean"]);
});

test("equal bytes with other times are equal content", () => {
  const line = (before: object | undefined, after: object | undefined) =>
    hasEqualContent({ path: "a", change: "changed", before, after } as never);
  expect(line({ kind: "file", hash: "1", modified: 1 }, { kind: "file", hash: "1", modified: 2 })).toBe(true);
  expect(line({ kind: "file", hash: "1" }, { kind: "file", hash: "2" })).toBe(false);
  expect(line({ kind: "link", target: "x" }, { kind: "file", hash: "x" })).toBe(false);
  expect(line(undefined, { kind: "file", hash: "1" })).toBe(false);
});
