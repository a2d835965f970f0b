import type { Column, ResultRow } from "./rows";

type Compare = (value: number, limit: number) => boolean;

const operators: Record<string, Compare> = {
  ">=": (value, limit) => value >= limit,
  "<=": (value, limit) => value <= limit,
  "!=": (value, limit) => value !== limit,
  "=": (value, limit) => value === limit,
  ">": (value, limit) => value > limit,
  "<": (value, limit) => value < limit,
};

const comparison = /^([A-Za-z_][A-Za-z0-9_.-]*)\s*(>=|<=|!=|=|>|<)\s*(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/;

/** Whether a row is among those that a condition keeps. */
export type Filter = (row: ResultRow) => boolean;

/**
 * Reads comparisons of columns, or `frame`, with numbers, joined by `and`: the part of the language of selections that needs no brackets.
 * Undefined for anything else, and for a column that is not there.
 */
export function readFilter(text: string, columns: Column[]): Filter | undefined {
  const tests: Filter[] = [];
  for (const part of text.trim().split(/\s+and\s+/i)) {
    const [, name = "", sign = "", number = ""] = comparison.exec(part.trim()) ?? [];
    const column = columns.find((one) => one.name === name);
    const compare = operators[sign];
    if (!compare || (name !== "frame" && !column)) return undefined;
    const limit = Number(number);
    tests.push((row) => {
      const value = row[name === "frame" ? "file-number" : name];
      // An unknown value matches nothing.
      return typeof value === "number" && value !== column?.unknown && compare(value, limit);
    });
  }
  return (row) => tests.every((test) => test(row));
}
