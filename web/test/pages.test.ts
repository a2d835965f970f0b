import { expect, test } from "vitest";
import { nextWithItems } from "../src/api/pages";

const pages: Record<string, { items?: string[]; next?: string }> = {
  "": { items: ["a"], next: "x" },
  x: { items: [], next: "y" },
  y: { next: "z" },
  z: { items: ["b"], next: "end" },
  end: { items: [] },
};
const asked: string[] = [];
const load = async (cursor = "") => {
  asked.push(cursor);
  return pages[cursor] as { items?: string[]; next?: string };
};

test("pages on which nothing was found are passed over, up to the last", async () => {
  expect(await nextWithItems(load)).toEqual({ items: ["a"], next: "x" });
  expect(await nextWithItems(load, "x")).toEqual({ items: ["b"], next: "end" });
  expect(await nextWithItems(load, "end")).toEqual({ items: [] });
  expect(asked).toEqual(["", "x", "y", "z", "end"]);
});
