import { describe, expect, test } from "vitest";
import { byLastDay, dayOf, weeksOf } from "../src/facility/calendar";
import { type Folder, inOrder, matching, renewMs, splitPath } from "../src/facility/folders";

const krios: Folder = {
  folder: "/data/krios/20211227125_Demo",
  state: "published",
  dataset: "1",
  name: "krios/20211227125-demo",
  identity: "08d9c8eb-6f63",
  files: 3,
  bytes: 5,
  bytesPerSecond: 0,
  pendingHashes: 0,
  changed: "2026-11-01T00:00:00Z",
  notices: [],
};

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
  test("those that need somebody come first, then the latest change", () => {
    const late = { ...krios, changed: "2026-11-02T00:00:00Z" };
    const acquiring = { ...krios, state: "acquiring" };
    const bad = { ...krios, state: "attention" };
    const twin = { ...late, problem: "two folders cannot be the same dataset" };
    expect(inOrder([krios, late, acquiring, bad, twin])).toEqual([twin, bad, acquiring, late, krios]);
  });

  test.each([
    ["all", "", true],
    ["published", " demo ", true],
    ["acquiring", "", false],
    ["all", "KRIOS/2021", true],
    ["all", "08d9c8eb", true],
    ["all", "ribosome", false],
  ])("in the state %s, with '%s' in it: %s", (state, text, is) => {
    expect(matching([krios], state, text)).toEqual(is ? [krios] : []);
  });

  test("a problem is found by its words, and needs attention in any state", () => {
    const bad = { ...krios, problem: "line 3: 'DataId' is missing" };
    expect(matching([krios, bad], "all", "dataid")).toEqual([bad]);
    expect(matching([krios, bad], "attention", "")).toEqual([bad]);
  });

  test.each([
    ["/data/krios/a", "a", "/data/krios"],
    ["/a", "a", "/"],
  ])("%s is %s in %s", (path, name, parent) => {
    expect(splitPath(path)).toEqual({ name, parent });
  });

  test("a few are asked for every two seconds, ten thousand every twenty", () => {
    expect([renewMs(0), renewMs(1000), renewMs(10_000)]).toEqual([2000, 2000, 20_000]);
  });
});
