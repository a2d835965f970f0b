import { describe, expect, test } from "vitest";
import { given, type Parameter, type Step, shownValue } from "../src/analysis/parameters";
import {
  type Column,
  columnsOf,
  measured,
  type ResultRow,
  Rows,
  shown,
  toColumns,
  toMeasures,
} from "../src/analysis/rows";

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
