import { describe, expect, test } from "vitest";
import { Heat } from "../src/analysis/heat";
import { lastLines } from "../src/analysis/lastLines";
import { given, type Parameter, rangeOf, type Step, shownValue } from "../src/analysis/parameters";
import {
  type Column,
  columnsOf,
  type Measure,
  measured,
  type ResultRow,
  Rows,
  shown,
  toColumns,
  toMeasures,
} from "../src/analysis/rows";
import { colourAt } from "../src/analysis/scale";
import { cellOf, frameOf, gridOf } from "../src/frames/detector/grid";
import { isWaiting } from "../src/lineage/RunBadge";

const column = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  title: name,
  kind: "number",
  description: name,
  ...more,
});
const glow = column("glow", { title: "Glow", unit: "lx", decimals: 2, unknown: -1 });
const spots = column("spots", { kind: "integer" });
const note = column("note", { kind: "text" });

describe("columns of results", () => {
  test("portal review 15: a resolution in Å grows downwards, and each number says what it means", () =>
    expect(
      toMeasures([glow, column("d_min", { unit: "Å" })]).map(({ isDown, description }) => [isDown, description]),
    ).toEqual([
      [false, "glow"],
      [true, "d_min"],
    ]));
  test("numbers are measures, with one axis for each unit", () =>
    expect(
      toMeasures([glow, spots, note, column("shine", { unit: "lx" })]).map(({ key, label, digits, axis }) => [
        key,
        label,
        digits,
        axis,
      ]),
    ).toEqual([
      ["glow", "Glow (lx)", 2, "lx"],
      ["spots", "spots", 0, "integer"],
      ["shine", "shine (lx)", 0, "lx"],
    ]));
  test("more columns than colours are plotted all the same", () =>
    expect(
      toMeasures(Array.from({ length: 30 }, (_, i) => column(`c${i}`))).every((measure) => measure.colour.length === 2),
    ).toBe(true));
  test("what is not known is no point in the plot and a dash in the table", () => {
    const row: ResultRow = { "file-number": 1, glow: -1, spots: 3, note: "a" };
    const [glowing, counting] = toMeasures([glow, spots]);
    expect([glowing && measured(row, glowing), counting && measured(row, counting)]).toEqual([null, 3]);
    expect([glow, spots, note, column("absent")].map((each) => shown(row, each))).toEqual(["–", "3", "a", "–"]);
    expect(shown({ "file-number": 1, glow: 0.256 }, glow)).toBe("0.26");
    // N9: a small number was shown as 0.
    expect([0.0001234, -0.009, 0].map((value) => shown({ "file-number": 1, glow: value }, glow))).toEqual([
      "0.000123",
      "-0.009",
      "0.00",
    ]);
  });
  test("a plot has the frames first", () =>
    expect(
      toColumns(
        [
          { "file-number": 4, spots: 7 },
          { "file-number": 5, error: "dark" },
        ],
        toMeasures([spots]),
      ),
    ).toEqual([
      [4, 5],
      [7, null],
    ]));
  test("rows of a step that nobody knows say their columns themselves", () =>
    expect(
      columnsOf([
        { "file-number": 1, error: "dark" },
        { "file-number": 2, a: 1, b: "x" },
        { "file-number": 3, a: 2, b: "y", c: null },
      ]).map(({ name, kind, inPlot }) => [name, kind, inPlot]),
    ).toEqual([
      ["a", "number", true],
      ["b", "text", false],
    ]));
  test("rows stand in the order of their frames, each once", () => {
    const rows = new Rows();
    for (const n of [3, 1, 3]) rows.add({ "file-number": n, spots: n });
    expect([rows.count, rows.sorted.map((row) => row["file-number"])]).toEqual([2, [1, 3]]);
  });
});

describe("parameters of a step", () => {
  const parameter = (name: string, more: Partial<Parameter> = {}): Parameter => ({
    name,
    title: name,
    kind: "number",
    description: name,
    ...more,
  });
  const step = {
    name: "bin",
    title: "Bin",
    description: "Bins.",
    program: "test/bin",
    outputSuffix: "binned",
    outputTitle: "Bins",
    columns: [],
    parameters: [
      parameter("factor"),
      parameter("method", { kind: "text", default: "sum" }),
      parameter("mask", { kind: "boolean" }),
    ],
  } satisfies Step;

  test("only what was put in is sent, and only what the step has", () => {
    expect(given(step, { factor: "", method: "mean", other: 1 })).toEqual({ method: "mean" });
    expect(given(step, { factor: 2.5, mask: false })).toEqual({ factor: 2.5, mask: false });
    expect(given(undefined, { factor: 1 })).toEqual({});
  });
  test("a field shows what was put in, else the default", () => {
    const [factor, method] = step.parameters as [Parameter, Parameter];
    expect([shownValue(factor, {}), shownValue(method, {}), shownValue(method, { method: "mean" })]).toEqual([
      "",
      "sum",
      "mean",
    ]);
  });
});

describe("a grid scan", () => {
  const grid = { rows: 2, columns: 3, isSnaked: true };
  const [spotted] = toMeasures([spots]) as [Measure];

  test("is named by the header", () => {
    expect(gridOf({ hutch: { grid: { rows: 2, columns: 3, snaked: true } } })).toEqual(grid);
    expect(gridOf({ hutch: { grid: { rows: 2, columns: 3 } } })).toEqual({ ...grid, isSnaked: false });
    for (const none of [null, 5, {}, { hutch: null }, { hutch: { grid: { rows: 0, columns: 3 } } }])
      expect(gridOf(none)).toBeUndefined();
  });

  test("goes back in every other row, and no frame is beyond it", () => {
    const cells = [1, 2, 3, 4, 5, 6].map((frame) => cellOf(grid, frame));
    expect(cells.map((cell) => `${cell?.row} ${cell?.column}`)).toEqual(["1 1", "1 2", "1 3", "2 3", "2 2", "2 1"]);
    expect(cells.map((cell) => cell && frameOf(grid, cell))).toEqual([1, 2, 3, 4, 5, 6]);
    expect([cellOf(grid, 0), cellOf(grid, 7)]).toEqual([undefined, undefined]);
  });

  test("knows what is missing, failed or without a value, and where a value is between the others", () => {
    const rows = [
      { "file-number": 1, spots: 10 },
      { "file-number": 2, spots: 30 },
      { "file-number": 4, error: "Damaged." },
      { "file-number": 9, spots: 900 },
    ] as ResultRow[];
    const heat = new Heat(grid, rows, spotted);
    expect([heat.missing, heat.range, heat.share(15)]).toEqual([3, { low: 10, high: 30 }, 0.25]);
    expect(heat.describe(1, 2)).toBe("Row 1, column 2: spots 30");
    expect(heat.describe(1, 3)).toBe("Row 1, column 3: no result yet");
    expect(heat.describe(2, 3)).toBe("Row 2, column 3: failed: Damaged.");
    expect(new Heat(grid, [], spotted).range).toBeUndefined();
  });

  test("has colours whose lightness rises from the lowest to the highest value", () => {
    const lightness = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map((share) => {
      const [red, green, blue] = colourAt(share);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
    expect(colourAt(-1)).toEqual(colourAt(0));
    expect(colourAt(2)).toEqual(colourAt(1));
  });
});

describe("programs of the site", () => {
  test("the log is what a terminal would show in the end", () =>
    expect(lastLines("a\r\n1 %\r50 %\r100 %\n\u001b[31mred\u001b[0m\u0007\n\n")).toBe("a\n100 %\nred"));

  test("the range of a number is said in words", () =>
    expect(
      [{ minimum: 0, maximum: 2 }, { exclusiveMinimum: 0 }, { maximum: 7 }, {}].map((range) =>
        rangeOf(range as Parameter),
      ),
    ).toEqual(["From 0 to 2.", "More than 0.", "At most 7.", undefined]));
});

test("a running analysis without a frame for an hour waits", () => {
  const started = "2026-01-02T03:00:00Z";
  const later = (minutes: number) => Date.parse(started) + minutes * 60_000;

  expect(isWaiting({ state: "running", started }, 0, later(61))).toBe(true);
  expect(isWaiting({ state: "running", started }, 0, later(59))).toBe(false);
  expect(isWaiting({ state: "running", started }, 1, later(61))).toBe(false);
  expect(isWaiting({ state: "done", started }, 0, later(61))).toBe(false);
});
