import { describe, expect, test } from "vitest";
import { byLastDay, dayOf, weeksOf } from "../src/facility/calendar";
import { renewMs, splitPath, stateChoices } from "../src/facility/folders";

describe("the calendar", () => {
  test.each([
    [2026, 10, 6, "2026-10-26", "2026-12-06"],
    [2027, 1, 4, "2027-02-01", "2027-02-28"],
    [2028, 1, 5, "2028-01-31", "2028-03-05"],
    [2027, 7, 6, "2027-07-26", "2027-09-05"],
  ])("%i-%i has %i weeks, from Monday %s to Sunday %s", (year, month, count, monday, sunday) => {
    const weeks = weeksOf(year, month);
    expect([weeks.length, dayOf(weeks[0]?.[0] as Date), dayOf(weeks.at(-1)?.[6] as Date)]).toEqual([
      count,
      monday,
      sunday,
    ]);
  });

  test("what ends on a day stands together, and what stays for ever is left out", () => {
    const noon = { keepUntil: new Date(2026, 10, 30, 12).toISOString() };
    const night = { keepUntil: new Date(2026, 10, 30, 23, 59).toISOString() };
    const next = { keepUntil: new Date(2026, 11, 1).toISOString() };
    expect([...byLastDay([noon, { keepUntil: null }, next, night])]).toEqual([
      ["2026-11-30", [noon, night]],
      ["2026-12-01", [next]],
    ]);
  });
});

describe("the folders", () => {
  const counts = { all: 1200, attention: 2, missing: 0, acquiring: 0, waiting: 1, published: 1197 };

  test("states in which there is none are not offered, but the chosen one", () => {
    expect(stateChoices(counts, "missing").map(({ label }) => label)).toEqual([
      "All (1\u202f200)",
      "Needs attention (2)",
      "Missing (0)",
      "Waiting (1)",
      "Published (1\u202f197)",
    ]);
    expect(stateChoices(counts, "all").map(({ value }) => value)).not.toContain("missing");
  });

  test.each([
    ["/data/krios/a", "a", "/data/krios"],
    ["/a", "a", "/"],
  ])("%s is %s in %s", (path, name, parent) => {
    expect(splitPath(path)).toEqual({ name, parent });
  });

  test("one page is asked for every two seconds, ten every twenty", () => {
    expect([renewMs(0), renewMs(1), renewMs(10)]).toEqual([2000, 2000, 20_000]);
  });
});
