import { expect, test } from "vitest";
import { datasetIn, unreadSince } from "../src/notices/seen";

test("what came after the last look is new, whatever the digits of its time", () => {
  const notices = ["2026-01-02T00:00:00.5Z", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"].map((time) => ({ time }));

  expect(unreadSince(notices, "2026-01-02T00:00:00Z")).toBe(1);
  expect(unreadSince(notices, "2025-12-31T00:00:00Z")).toBe(3);
});

test("a notice leads to the dataset of its text, and to nothing else", () => {
  const id = "1983caed-c292-466d-9780-c1bd3817e97b";

  expect(datasetIn(`ada shared it.\n\nhttps://hutch.example.org/x/datasets/${id}\n`)).toBe(id);
  expect(datasetIn(`ada shared it.\n\ndatasets/${id}`)).toBe(id);
  expect(datasetIn("https://hutch.example.org/datasets/none")).toBeUndefined();
});
