import { expect, test } from "vitest";
import { diffLines, foldSame, type LinePair } from "../src/versions/lineDiff";

const sides = (pairs: LinePair[]) =>
  pairs.map(({ before, after, isSame }) => `${before ?? ""}${isSame ? "=" : "|"}${after ?? ""}`);

test("lines that are the same stand side by side, others across from what replaced them", () => {
  expect(sides(diffLines(["a", "b", "c", "d"], ["a", "x", "c", "d", "e"]) ?? [])).toEqual([
    "a=a",
    "b|x",
    "c=c",
    "d=d",
    "|e",
  ]);
  expect(sides(diffLines([], ["a"]) ?? [])).toEqual(["|a"]);
  expect(sides(diffLines(["a"], []) ?? [])).toEqual(["a|"]);
  expect(diffLines([], [])).toEqual([]);
});

test("any two texts are given back whole, with their lines in order, and as few changes as there can be", () => {
  let seed = 1;
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 300; round++) {
    const text = () => Array.from({ length: next(12) }, () => "abc"[next(3)] as string);
    const [a, b] = [text(), text()];
    const pairs = diffLines(a, b) ?? [];
    expect(pairs.flatMap(({ before }) => before ?? [])).toEqual(a);
    expect(pairs.flatMap(({ after }) => after ?? [])).toEqual(b);
    expect(pairs.every(({ before, after, isSame }) => !isSame || before === after)).toBe(true);
    expect(pairs.filter(({ isSame }) => isSame).length).toBe(commonLines(a, b));
  }
});

test("texts that differ in too many lines are not aligned", () => {
  const lines = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word} ${i}`);
  expect(diffLines(lines("a"), lines("b"))).toBeUndefined();
});

test("equal lines far from a change are counted", () => {
  const same = Array.from({ length: 20 }, (_, i) => String(i));
  const shown = foldSame(diffLines([...same, "x"], [...same, "y"]) ?? []);
  expect(shown[0]).toBe(17);
  expect(shown.length).toBe(5);
});

/** The length of the longest common subsequence, by the table of all pairs. */
function commonLines(a: string[], b: string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => table[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      (table[i] as number[])[j] = a[i - 1] === b[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
  return at(a.length, b.length);
}
