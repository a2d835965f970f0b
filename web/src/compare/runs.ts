import { type Column, labelOf, type Measure, type ResultRow } from "../analysis/rows";
import type { Schemas } from "../api/client";

type Run = Schemas["RunInfo"];

/** The parameters of a run as a document. */
export function parametersOf({ parameters }: Pick<Run, "parameters">): string {
  return JSON.stringify(parameters ?? {});
}

/** The columns of numbers that both runs have. */
export function commonColumns(left: Column[], right: Column[]): Column[] {
  const isNumber = ({ kind }: Column) => kind === "integer" || kind === "number";
  return left.filter((one) => isNumber(one) && right.some((other) => other.name === one.name && isNumber(other)));
}

const colours: Record<"left" | "right", Measure["colour"]> = {
  left: ["#066a7c", "#4da6b5"],
  right: ["#a61e4d", "#f783ac"],
};

/** A column of both runs as two lines of one plot. */
export function linesOf(column: Column, names: Record<"left" | "right", string>): Measure[] {
  return (["left", "right"] as const).map((side) => ({
    key: `${side}:${column.name}`,
    label: `${labelOf(column)}, ${names[side]}`,
    digits: column.decimals ?? 0,
    unknown: column.unknown,
    axis: "one",
    description: column.description,
    isDown: column.unit === "Å",
    colour: colours[side],
  }));
}

/** The rows of two runs, frame by frame: a column has the name of its side before its own. */
export function joined(left: ResultRow[], right: ResultRow[], column: Column): ResultRow[] {
  const found = new Map<number, ResultRow>();
  for (const [side, rows] of [
    ["left", left],
    ["right", right],
  ] as const)
    for (const row of rows) {
      const number = row["file-number"];
      found.set(number, {
        ...(found.get(number) ?? { "file-number": number }),
        [`${side}:${column.name}`]: row[column.name],
      });
    }
  return [...found.values()].sort((a, b) => a["file-number"] - b["file-number"]);
}

/** A table of joined rows: frame, both values, and by how much the right is more than the left. */
export function tableOf(rows: ResultRow[], column: Column): string[][] {
  const numberAt = (row: ResultRow, side: string) => {
    const value = row[`${side}:${column.name}`];
    return typeof value === "number" && value !== column.unknown ? value : undefined;
  };
  const shown = (value: number | undefined) => (value === undefined ? "–" : value.toFixed(column.decimals ?? 0));
  return rows.map((row) => {
    const [left, right] = [numberAt(row, "left"), numberAt(row, "right")];
    const change = left === undefined || right === undefined ? undefined : right - left;
    return [
      String(row["file-number"]),
      shown(left),
      shown(right),
      (change ?? 0) > 0 ? `+${shown(change)}` : shown(change),
    ];
  });
}
