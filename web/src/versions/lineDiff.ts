import { diffArrays } from "diff";

/** Lines that stand side by side: the same, or what was before and what is after. */
export interface LinePair {
  before: string | undefined;
  after: string | undefined;
  /** Numbers of the lines, from 1. */
  beforeLine: number | undefined;
  afterLine: number | undefined;
  isSame: boolean;
}

/** Beyond so many different lines the work and memory, which grow with the square, are not worth it. */
const mostEdits = 2_000;

/** Aligns the lines of two texts with the fewest changes; undefined when they differ in too many lines for that. */
export function diffLines(before: string[], after: string[]): LinePair[] | undefined {
  const changes = diffArrays(before, after, { maxEditLength: mostEdits });
  if (!changes) return undefined;
  const pairs: LinePair[] = [];
  let [a, b] = [0, 0];
  let [removed, added]: [string[], string[]] = [[], []];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      pairs.push({
        before: removed[i],
        after: added[i],
        beforeLine: i < removed.length ? ++a : undefined,
        afterLine: i < added.length ? ++b : undefined,
        isSame: false,
      });
    [removed, added] = [[], []];
  };
  for (const change of changes) {
    if (change.removed) removed.push(...change.value);
    else if (change.added) added.push(...change.value);
    else {
      flush();
      for (const line of change.value)
        pairs.push({ before: line, after: line, beforeLine: ++a, afterLine: ++b, isSame: true });
    }
  }
  flush();
  return pairs;
}

/** What is shown: changes with some lines around them, and how many equal ones are left out between. */
export function foldSame(pairs: LinePair[], around = 3): (LinePair | number)[] {
  const kept = new Uint8Array(pairs.length);
  pairs.forEach((pair, index) => {
    if (!pair.isSame) kept.fill(1, Math.max(0, index - around), index + around + 1);
  });
  const shown: (LinePair | number)[] = [];
  for (let index = 0; index < pairs.length; index++) {
    const last = shown.at(-1);
    if (kept[index]) shown.push(pairs[index] as LinePair);
    else if (typeof last === "number") shown[shown.length - 1] = last + 1;
    else shown.push(1);
  }
  return shown;
}
