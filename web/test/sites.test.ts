import { describe, expect, test } from "vitest";
import { endingBy, isPin, pinAt } from "../src/sites/pins";

const rule = (number: number, text: string, until?: string, scope = "dataset") => ({
  number,
  rule: text,
  scope,
  until,
  createdBy: "ada",
  created: "2027-01-01T00:00:00Z",
});
const short = rule(1, pinAt("compute"), "2027-01-02T00:00:00Z");
const long = rule(2, pinAt("compute"), "2027-01-09T00:00:00Z");
const elsewhere = rule(3, pinAt("archive"), "2027-01-09T00:00:00Z");
const forever = rule(4, pinAt("compute"));

describe("pins", () => {
  test("are rules for one dataset and one site that end", () => {
    const others = [forever, rule(5, "1 copy where tier=disk", short.until), rule(6, short.rule, short.until, "all")];
    expect([short, elsewhere, ...others].map(isPin)).toEqual([true, true, false, false, false]);
  });

  test("a later one takes the place of those at its site", () => {
    expect(endingBy([short, elsewhere, forever], "compute", new Date("2027-01-08"))).toEqual([short]);
  });

  test("none is made where one lasts as long", () => {
    expect(endingBy([short, long], "compute", new Date("2027-01-09"))).toBeNull();
  });
});
