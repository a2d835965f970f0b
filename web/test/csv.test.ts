import { describe, expect, it, test } from "vitest";
import { csvCell, csvLines } from "../src/text/csv";

test("portal review 7: a table has a line for each row, and its numbers keep their signs", () => {
  expect(
    csvLines([
      ["d min", "note, by me"],
      [-1.5, "+2e-3"],
      [null, "-.5"],
      ["-", "1 Å"],
    ]),
  ).toBe('"d min","note, by me"\r\n"-1.5","+2e-3"\r\n"","-.5"\r\n"\'-","1 Å"\r\n');
});

describe("a cell of a file of comma-separated values", () => {
  it("is quoted, with its quotes doubled", () => {
    expect(csvCell('say "no", twice')).toBe('"say ""no"", twice"');
    expect([csvCell(7), csvCell(null), csvCell(undefined)]).toEqual(['"7"', '""', '""']);
  });

  it("is no formula in a spreadsheet", () => {
    expect(["=1+1", "+1+1", "-A1", "@A1", "\t=1", "\r=1"].map(csvCell)).toEqual([
      `"'=1+1"`,
      `"'+1+1"`,
      `"'-A1"`,
      `"'@A1"`,
      `"'\t=1"`,
      `"'\r=1"`,
    ]);
  });
});
