import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => /\.tsx?$/.test(path));

test("the folders of src depend on each other without cycles", () => {
  const needs = new Map<string, Set<string>>();
  for (const path of sources) {
    const folder = dirname(path);
    for (const [, to = ""] of readFileSync(join("src", path), "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g)) {
      const needed = dirname(normalize(join(folder, to)));
      if (needed !== folder) needs.set(folder, (needs.get(folder) ?? new Set()).add(needed));
    }
  }

  // Folders that need only folders taken away before are taken away; a cycle stays.
  for (let before = -1; before !== needs.size; ) {
    before = needs.size;
    for (const [folder, others] of needs) if ([...others].every((other) => !needs.has(other))) needs.delete(folder);
  }
  expect([...needs.keys()]).toEqual([]);
});
