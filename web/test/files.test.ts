import { describe, expect, test } from "vitest";
import { movesInto, typedFolder } from "../src/files/moves";
import { compareBytes } from "../src/files/order";
import { mergeRows } from "../src/files/rows";
import { ScaledWindow } from "../src/files/scaledWindow";
import { rangeOf } from "../src/files/selection";
import { parseSubdatasets } from "../src/files/subdatasets";

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

test("subdatasets are the submodules that have an id", () => {
  const one = "4a7c8e50-6f0b-4f63-9c2e-1d1f0a7b9c11";
  const two = "0b666893-f396-4336-abf6-8c785fab1b33";
  const found = parseSubdatasets(
    `[core]\n\tpath = no\n\tdatalad-id = ${one}\n[submodule "in"]\n\tpath = inner\n\turl = ./inner\n\tdatalad-id = ${one}\n` +
      `[submodule "x"]\n\tpath = "a \\"b\\" c"\n\tdatalad-id = ${two.toUpperCase()}\n[submodule "y"]\n\tpath = plain\n` +
      `[submodule "z"]\n\tpath = evil\n\tdatalad-id = ../../admin\n`,
  );
  expect([...found]).toEqual([
    ["inner", one],
    ['a "b" c', two],
  ]);
});

test("a file of empty lines or spaces is read at once", () => {
  const one = "4a7c8e50-6f0b-4f63-9c2e-1d1f0a7b9c11";
  const last = `[submodule "in"]\n\tpath = inner\n\tdatalad-id = ${one}\n`;
  const began = performance.now();
  for (const filler of ["\n", " ", "\t", "\r\n"]) {
    const much = filler.repeat(200_000);
    expect([...parseSubdatasets(`${much}\n${last}`)]).toEqual([["inner", one]]);
    expect([...parseSubdatasets(`[submodule "x"]\n${much}\npath = a${much}b\n${much}\n${last}`)]).toEqual([
      ["inner", one],
    ]);
  }
  expect(performance.now() - began).toBeLessThan(2000);
});

describe("a window on a million rows", () => {
  const view = 600;
  const make = (rows: number) => {
    const window = new ScaledWindow(36, 1_000_000);
    window.setRows(rows);
    return window;
  };

  test("few rows are not scaled", () => {
    const window = make(1000);
    expect([window.height, window.scrolled(5000, view), window.topOf(10)]).toEqual([36_000, 5000, 360]);
  });

  test("the ends of the scroll bar are the first and the last row", () => {
    const window = make(1_000_000);
    expect(window.scrolled(window.height - view, view)).toBe(36_000_000 - view);
    expect(window.topOf(999_999)).toBe(window.height - 36);
    expect(window.scrolled(0, view)).toBe(0);
  });

  test("the wheel scrolls by pixels at any position", () => {
    const window = make(1_000_000);
    const before = window.scrolled(500_000, view);
    expect(window.scrolled(500_100, view) - before).toBe(100);
  });

  test("a position that was moved to lies within the height", () => {
    const window = make(1_000_000);
    for (const row of [0, 1, 500_000, 999_990]) {
      const top = window.moveTo(row * 36, view);
      expect(window.topOf(row)).toBeGreaterThanOrEqual(top - 1);
      expect(window.topOf(row)).toBeLessThan(top + view);
    }
  });

  test("rows added at the end move no visible row", () => {
    const window = make(20_000);
    window.scrolled(300_000, view);
    const before = window.topOf(10_000);
    window.setRows(30_000);
    window.scrolled(300_010, view);
    expect(window.topOf(10_000)).toBe(before);
  });
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
