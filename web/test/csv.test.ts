import { describe, expect, it } from "vitest";
import { csvCell } from "../src/text/csv";

describe("a cell of a file of comma-separated values", () => {
  it("is quoted, with its quotes doubled", () => {
    expect(csvCell('say "no", twice')).toBe('"say ""no"", twice"');
    expect([csvCell(7), csvCell(null), csvCell(undefined)]).toEqual(['"7"', '""', '""']);
  });

  it("is no formula in a spreadsheet", () => {
    expect(["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"].map(csvCell)).toEqual([
      `"'=1+1"`,
      `"'+1"`,
      `"'-1"`,
      `"'@A1"`,
      `"'\t=1"`,
      `"'\r=1"`,
    ]);
  });
});
