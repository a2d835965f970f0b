import { expect, test } from "vitest";
import type { Schemas } from "../src/api/client";
import { Arrivals, keptRows, rememberedFiles } from "../src/live/arrivals";
import { running } from "../src/live/running";

const event = (kind: string, dataset: string, data: Record<string, unknown>): Schemas["EventInfo"] => ({
  sequence: 1,
  kind,
  dataset,
  time: "2026-01-01T00:00:00Z",
  data,
});
const second = 1000;

test("frames that arrive are counted, and the series that got one last comes first", () => {
  const arrivals = new Arrivals();
  for (const [dataset, path, at] of [
    ["a", "000001", 0],
    ["b", "000007", second],
    ["a", "000003", 2 * second],
    ["a", "000002", 2 * second],
  ] as const)
    expect(arrivals.take(event("entry.put", dataset, { path }), at)).toBe(true);

  expect(arrivals.datasets).toEqual(["a", "b"]);
  expect([arrivals.newest("a"), arrivals.newest("b"), arrivals.newest("c")]).toEqual([3, 7, undefined]);
});

test("the series that got a frame last comes first also when the others got theirs in the same millisecond", () => {
  const arrivals = new Arrivals();
  for (const dataset of ["a", "b", "c", "b"]) arrivals.take(event("entry.put", dataset, { path: "000001" }), second);

  expect(arrivals.datasets).toEqual(["b", "c", "a"]);
});

test("any file counts, and only frames of the first channel are the newest frame", () => {
  const arrivals = new Arrivals();
  for (const path of ["header", "movies/000001.mrc", "second/000001", "1"])
    expect(arrivals.take(event("entry.put", "a", { path }), 0)).toBe(true);
  expect(arrivals.take(event("dataset.created", "b", {}), 0)).toBe(false);
  expect([arrivals.datasets, arrivals.newest("a"), arrivals.path("a")]).toEqual([["a"], undefined, "1"]);

  arrivals.take(event("entry.put", "a", { path: "000002" }), 0);
  expect(arrivals.newest("a")).toBe(2);
});

// Portal review 2.
test("a file that grows counts once, however many events tell of it", () => {
  const arrivals = new Arrivals();
  for (let at = 0; at < 50; at++)
    arrivals.take(event("entry.put", "a", { path: `Movies/${Math.floor(at / 10)}.mrc` }), at * 100);

  expect(arrivals.rate("a", 5 * second)).toBe(1);
  for (let i = 0; i <= rememberedFiles; i++) arrivals.take(event("entry.put", "b", { path: String(i) }), 0);
  arrivals.take(event("entry.put", "b", { path: "1" }), second);
  expect(arrivals.rate("b", 2 * second)).toBe((rememberedFiles + 1) / 5);
});

test("the rate is that of the last five seconds, and falls when nothing arrives", () => {
  const arrivals = new Arrivals();
  for (let frame = 1; frame <= 50; frame++)
    arrivals.take(event("entry.put", "a", { path: String(frame).padStart(6, "0") }), frame * 100);

  expect(arrivals.rate("a", 5.5 * second)).toBe(9.8);
  expect(arrivals.rate("a", 8 * second)).toBeLessThan(9);
  expect(arrivals.rate("a", 60 * second)).toBe(0);
  expect(arrivals.rate("b", 0)).toBe(0);
});

test("the numbers of the last frames of a run are kept by frame, whatever the order and form of its id", () => {
  const arrivals = new Arrivals();
  for (let frame = 3 * keptRows; frame > 0; frame--)
    arrivals.take(
      event("result.row", "r", {
        run: "0a-b",
        frame,
        row: { "file-number": frame, n_spots_total: frame, positions: "AAAA" },
      }),
      0,
    );
  arrivals.addRow("0ab", { "file-number": 3 * keptRows + 1, error: "Damaged." });

  const rows = arrivals.rowsOf("0ab");
  expect(rows.length).toBe(keptRows);
  expect(rows[rows.length - 2]).toEqual({ "file-number": 3 * keptRows, n_spots_total: 3 * keptRows });
  expect(rows[rows.length - 1]).toEqual({ "file-number": 3 * keptRows + 1 });
});

test("portal review 6: what has nothing to do and what has ended is not under way", () => {
  const run = { state: "idle", waiting: 0, inWork: 0, attempt: null };
  const capture = { entriesPerSecond: 2, last: "2026-01-01T11:59:50Z" };
  const live = {
    time: "2026-01-01T12:00:00Z",
    runs: [
      { ...run, id: "done" },
      { ...run, id: "behind", state: "behind", waiting: 4 },
      { ...run, id: "late", waiting: 1 },
      { ...run, id: "program", attempt: 1 },
    ],
    captures: [
      { ...capture, dataset: "now" },
      { ...capture, dataset: "still", entriesPerSecond: 0 },
      { ...capture, dataset: "ended", last: "2026-01-01T11:55:00Z" },
    ],
  } as unknown as Schemas["LiveInfo"];

  expect(running(live).runs.map(({ id }) => id)).toEqual(["behind", "late", "program"]);
  expect(running(live).captures.map(({ dataset }) => dataset)).toEqual(["now"]);
});
