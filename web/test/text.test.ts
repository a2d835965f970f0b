import { describe, expect, test } from "vitest";
import { describeDetail } from "../src/text/details";
import { formatBytes, formatCoreHours, formatCount, formatRelative, formatSeconds, plural } from "../src/text/format";
import { visibleText } from "../src/text/visible";

describe("bytes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [2_147_483_648, "2.15 GB"],
    [12_300_000, "12.3 MB"],
    [99_960_000, "100 MB"],
    [null, "–"],
  ])("%s is %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

test("large counts are grouped", () => expect(formatCount(1_000_000)).toBe("1\u202f000\u202f000"));
test("one is singular", () =>
  expect([plural(1, "entry|entries"), plural(2, "entry|entries")]).toEqual(["1 entry", "2 entries"]));
test("durations", () =>
  expect([0.2, 89, 100, 7200, 200_000].map(formatSeconds)).toEqual(["1 s", "89 s", "2 min", "2 h", "2 days"]));
test("processor time", () =>
  expect([
    formatCoreHours({}),
    formatCoreHours({ coreHours: 1234.5678, coreHoursThisMonth: 2 }),
    formatCoreHours({ coreHours: 40, coreHoursThisMonth: 0.0123, budgetCoreHours: 100, budgetMonthly: false }),
    formatCoreHours({ coreHours: 40, coreHoursThisMonth: 0.0123, budgetCoreHours: 100, budgetMonthly: true }),
  ]).toEqual(["0", "1\u202f235", "40 of 100", "0.0123 of 100 this month"]));
test("relative times", () => {
  const now = new Date("2026-01-10T12:00:00Z");
  expect(formatRelative(new Date("2026-01-10T11:57:00Z"), now)).toBe("3 minutes ago");
  expect(formatRelative(new Date("2026-01-17T12:00:00Z"), now)).toBe("in 7 days");
});

describe("event details", () => {
  test.each([
    ["grant.change", "read to user:bob", "bob can read the data"],
    [
      "grant.change",
      "derive to group:mx from 2027-01-01 00:00 UTC",
      "The group mx can derive datasets from 2027-01-01 00:00 UTC",
    ],
    ["grant.change", "nothing to user:bob", "bob no longer has access"],
    ["visibility.change", "view to everybody", "Everyone can view the metadata"],
    ["visibility.change", "none to everybody", "Private"],
    [
      "link.create",
      "link:0aF3 gives read until 2026-11-21 10:00 UTC",
      "Anyone with link 0aF3 can read the data until 2026-11-21 10:00 UTC",
    ],
    ["link.revoke", "link:0aF3", "Link 0aF3"],
    [
      "invite.create",
      "read on dataset:1234, 5 times, until 2026-11-21 10:00 UTC, by mail",
      "To read the data, for 5 people, until 2026-11-21 10:00 UTC, by email",
    ],
    [
      "invite.create",
      "member in group:mx, 1 times, until 2026-11-21 10:00 UTC",
      "As member of the group mx, for 1 person, until 2026-11-21 10:00 UTC",
    ],
    ["invite.accept", "carol gets read on dataset:1234", "carol can read the data"],
    ["invite.revoke", "on dataset:1234", ""],
    ["invite.accept", "carol has it already", "carol already had this access"],
    ["token.create", "for user:ada, scope 'read'", "For ada, scopes: read"],
    ["token.create", "S3 key for user:ada, scope 'read write'", "S3 key for ada, scopes: read write"],
    ["session.start", "of user:ada by password from 10.0.0.1", "By password from 10.0.0.1"],
    ["session.start", "by link:0aF3 from 10.0.0.1", "By share link 0aF3 from 10.0.0.1"],
    ["login-link.create", "mailed; login-link:0aF3 until 2026-11-21 10:00 UTC", "Valid until 2026-11-21 10:00 UTC"],
    ["dataset.edit", "ada/old is now ada/new", "ada/old is now ada/new"],
    ["something.new", "in words of its own", "in words of its own"],
  ])("%s: %s", (action, detail, words) => expect(describeDetail(action, detail)).toBe(words));
});

describe("untrusted names", () => {
  test("a name cannot change the direction of the text around it", () =>
    expect(visibleText("a\u202egnp.exe")).toBe("a⟨202E⟩gnp.exe"));
  test("control characters become visible", () => expect(visibleText("a\nb\u007f")).toBe("a␊b␡"));
  test("scripts keep their joiners", () => expect(visibleText("می\u200cخواهم")).toBe("می\u200cخواهم"));
  test("markup stays plain text", () => expect(visibleText("<img src=x>")).toBe("<img src=x>"));
});
