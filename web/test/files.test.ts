import { expect, test } from "vitest";
import { movesInto, typedFolder } from "../src/files/moves";
import { compareBytes } from "../src/files/order";
import { mergeRows } from "../src/files/rows";
import { rangeOf } from "../src/files/selection";
import { toAddress, toSubdatasets } from "../src/files/subdatasets";

const bytes = new TextEncoder();

function reference(a: string, b: string): number {
  const [x, y] = [bytes.encode(a), bytes.encode(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return (x[i] as number) - (y[i] as number);
  return x.length - y.length;
}

test("names are ordered by their UTF-8 bytes", () => {
  const names = ["a", "a.b", "a/", "ab", "é", "\uffee", "😀", "😀a", "\ue000", ""];
  for (const a of names)
    for (const b of names) expect(Math.sign(compareBytes(a, b)), `${a} ${b}`).toBe(Math.sign(reference(a, b)));
});

test("folders and entries of a page are merged in order", () => {
  const rows = mergeRows(
    ["x/b/", "x/d/"],
    [
      { path: "x/a", kind: "file" },
      { path: "x/b.txt", kind: "file" },
      { path: "x/e", kind: "file" },
    ],
    2,
  );
  expect(rows.map((row) => row.name)).toEqual(["a", "b.txt", "b", "d", "e"]);
});

test("a subdataset opens at the version that is named, at the newest without a commit, and not if that is missing", () => {
  const id = "4a7c8e50-6f0b-4f63-9c2e-1d1f0a7b9c11";
  const found = toSubdatasets([
    { path: "named", dataset: id, commit: "1f00", snapshot: 3 },
    { path: "newest", dataset: id },
    { path: "missing", dataset: id, commit: "1f00" },
    { path: "plain", commit: "1f00" },
  ]);
  expect([...found].map(([path, one]) => [path, toAddress(one)])).toEqual([
    ["named", `${id}?at=3`],
    ["newest", id],
    ["missing", undefined],
  ]);
});

test("files and folders go into a folder under their own names, and those that are there stay", () => {
  expect(movesInto(["a/x", "a/run/", "b/y"], "b")).toEqual([
    { from: "a/x", to: "b/x" },
    { from: "a/run", to: "b/run" },
  ]);
  expect(movesInto(["a/x", "y"], typedFolder(" / "))).toEqual([{ from: "a/x", to: "x" }]);
  expect(typedFolder("/a / b/")).toBe("a/b");
});

test("a range that is not all loaded selects nothing", () => {
  const rows = ["a", "b", "c"].map((name) => ({ path: name, name }));
  expect(rangeOf(2, 1, (index) => rows[index])?.map((row) => row.name)).toEqual(["b", "c"]);
  expect(rangeOf(1, 3, (index) => rows[index])).toBeUndefined();
  expect(rangeOf(0, 10_000, () => rows[0])).toBeUndefined();
});
