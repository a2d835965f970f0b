import { expect, test } from "vitest";
import { currentVisit } from "../src/visits/sample";

test("portal review 11: the page of a sample leads back to the visit that matters now", () => {
  const visit = (name: string, state: string, end: string) => ({ name, state, end });
  const old = visit("cm1-1", "ended", "2026-01-02T00:00:00Z");
  const last = visit("cm1-2", "ended", "2026-03-02T00:00:00Z");
  const next = visit("cm1-4", "upcoming", "2026-09-02T00:00:00Z");
  const now = visit("cm1-3", "running", "2026-05-02T00:00:00Z");
  expect(currentVisit([old, next, now, last])).toBe(now);
  expect(currentVisit([old, next, last])).toBe(last);
  expect(currentVisit([next])).toBe(next);
  expect(currentVisit([])).toBeUndefined();
});
