import { expect, test } from "vitest";
import type { Schemas } from "../src/api/client";
import { wordsOf } from "../src/lineage/layout";

const run = (state: string) => ({ program: "hutch/per-image-analysis", state }) as Schemas["RunInfo"];
const titleOf = ({ program }: { program: string }) => (program.startsWith("hutch/") ? "Spot finding" : undefined);

test("portal review 16: a step has the title of its program, and follows its input only while the run does", () => {
  const words = (state: string, snapshot?: number) => wordsOf({ snapshot, run: run(state), input: undefined }, titleOf);
  expect([words("running"), words("done"), words("done", 3)]).toEqual([
    "Spot finding follows",
    "Spot finding",
    "Spot finding @3",
  ]);
  expect(wordsOf({ snapshot: 1, run: undefined, input: undefined }, titleOf)).toBe("@1");
  expect(wordsOf({ snapshot: 1, run: { ...run("done"), program: "own" }, input: "mask" }, titleOf)).toBe(
    "own @1 (mask)",
  );
});
