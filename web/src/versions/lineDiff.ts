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

/**
 * Aligns the lines of two texts with the fewest changes (Myers, "An O(ND) difference algorithm", 1986); undefined when they differ in too
 * many lines for that.
 */
export function diffLines(before: string[], after: string[]): LinePair[] | undefined {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let [endA, endB] = [before.length, after.length];
  while (endA > start && endB > start && before[endA - 1] === after[endB - 1]) {
    endA--;
    endB--;
  }
  const middle = shortestEdit(before.slice(start, endA), after.slice(start, endB));
  if (!middle) return undefined;
  const pairs: LinePair[] = [];
  const same = (a: number, b: number) =>
    pairs.push({ before: before[a], after: after[b], beforeLine: a + 1, afterLine: b + 1, isSame: true });
  for (let i = 0; i < start; i++) same(i, i);
  let [a, b] = [start, start];
  let [removed, added]: [number[], number[]] = [[], []];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      const [x, y] = [removed[i], added[i]];
      pairs.push({
        before: x === undefined ? undefined : before[x],
        after: y === undefined ? undefined : after[y],
        beforeLine: x === undefined ? undefined : x + 1,
        afterLine: y === undefined ? undefined : y + 1,
        isSame: false,
      });
    }
    [removed, added] = [[], []];
  };
  for (const step of middle) {
    if (step === "same") {
      flush();
      same(a++, b++);
    } else if (step === "removed") removed.push(a++);
    else added.push(b++);
  }
  flush();
  for (; a < before.length; a++, b++) same(a, b);
  return pairs;
}

type Step = "same" | "removed" | "added";

function shortestEdit(a: string[], b: string[]): Step[] | undefined {
  const most = Math.min(a.length + b.length, mostEdits);
  // How far each diagonal reaches, after each number of edits.
  const reached: Int32Array[] = [];
  const far = new Int32Array(2 * most + 3);
  for (let edits = 0; edits <= most; edits++) {
    reached.push(far.slice(most - edits, most + edits + 3));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = diagonal + most + 1;
      const [left, right] = [far[at - 1] as number, far[at + 1] as number];
      let x = diagonal === -edits || (diagonal !== edits && left < right) ? right : left + 1;
      let y = x - diagonal;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      far[at] = x;
      if (x >= a.length && y >= b.length) return backtrack(reached, a.length, b.length);
    }
  }
  return undefined;
}

function backtrack(reached: Int32Array[], endX: number, endY: number): Step[] {
  const steps: Step[] = [];
  let [x, y] = [endX, endY];
  for (let edits = reached.length - 1; edits > 0; edits--) {
    const far = reached[edits] as Int32Array;
    const diagonal = x - y;
    const at = diagonal + edits + 1;
    const [left, right] = [far[at - 1] as number, far[at + 1] as number];
    const isAddition = diagonal === -edits || (diagonal !== edits && left < right);
    const beforeX = isAddition ? right : left;
    const beforeY = beforeX - (isAddition ? diagonal + 1 : diagonal - 1);
    while (x > beforeX && y > beforeY) {
      steps.push("same");
      x--;
      y--;
    }
    steps.push(isAddition ? "added" : "removed");
    [x, y] = [beforeX, beforeY];
  }
  for (; x > 0 && y > 0; x--, y--) steps.push("same");
  return steps.reverse();
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
