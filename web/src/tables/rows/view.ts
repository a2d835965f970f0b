import { isNumeric, numberOf } from "../../text/numeric";

/** How rows are chosen and ordered. */
export interface View {
  sort: { column: number; isDown: boolean } | undefined;
  /** By the place of the column: a text that is in it, or a comparison such as `>= 5`. */
  filters: Record<number, string>;
}

/** Which of two numbers is larger, by all of their digits: integers beyond 2^53 have more than a number of JavaScript. */
function compareNumbers(a: number, textA: string, b: number, textB: string): number {
  if (a !== b) return a < b ? -1 : a > b ? 1 : Number.NaN;
  const isWhole = (text: string) => /^\s*[+-]?\d+\s*$/.test(text);
  if (Number.isSafeInteger(a) || !isWhole(textA) || !isWhole(textB)) return 0;
  const [x, y] = [textA, textB].map((text) => BigInt(text.trim().replace(/^\+/, ""))) as [bigint, bigint];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** What a filter asks for: `>= 5`, `= text`, or a part of a text whatever its capitals. */
export function matcher(filter: string): (text: string) => boolean {
  const [, sign, rest] = /^\s*(<=|>=|!=|<|>|=)\s*(.*)$/.exec(filter) ?? [];
  if (sign === undefined || rest === undefined) {
    const part = filter.toLowerCase();
    return (text) => text.toLowerCase().includes(part);
  }
  const bound = numberOf(rest);
  const isNumber = !Number.isNaN(bound);
  const order = (text: string) =>
    isNumber ? compareNumbers(numberOf(text), text, bound, rest) : text < rest ? -1 : text > rest ? 1 : 0;
  const tests: Record<string, (by: number) => boolean> = {
    "<": (by) => by < 0,
    ">": (by) => by > 0,
    "<=": (by) => by <= 0,
    ">=": (by) => by >= 0,
    "=": (by) => by === 0,
    "!=": (by) => by !== 0,
  };
  const test = tests[sign] as (by: number) => boolean;
  return (text) => test(order(text));
}

/** The numbers of the rows that are seen, in their order. What has no number comes last. */
export function orderOf(
  count: number,
  filters: { texts: string[]; filter: string }[],
  sort: { texts: string[]; isDown: boolean } | undefined,
): Uint32Array {
  const matchers = filters.map(({ texts, filter }) => ({ texts, matches: matcher(filter) }));
  let order = Uint32Array.from({ length: count }, (_, number) => number);
  if (matchers.length > 0)
    order = order.filter((number) => matchers.every(({ texts, matches }) => matches(texts[number] ?? "")));
  if (!sort) return order;
  const sign = sort.isDown ? -1 : 1;
  if (isNumeric(sort.texts)) {
    const values = Float64Array.from(sort.texts, numberOf);
    return order.sort((a, b) => {
      const [x, y] = [values[a] as number, values[b] as number];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
      return sign * compareNumbers(x, sort.texts[a] ?? "", y, sort.texts[b] ?? "") || a - b;
    });
  }
  const texts = sort.texts;
  const compare = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return order.sort((a, b) => sign * compare(texts[a] ?? "", texts[b] ?? "") || a - b);
}

/** Points of a plot: of more rows, the smallest and the largest of each stretch, so that no peak is lost. */
export function thin(xs: Float64Array, ys: Float64Array, most: number): { x: number[]; y: number[] } {
  const places = Uint32Array.from(xs.keys())
    .filter((at) => Number.isFinite(xs[at]) && Number.isFinite(ys[at]))
    .sort((a, b) => (xs[a] as number) - (xs[b] as number) || a - b);
  const stretch = Math.max(1, Math.ceil((2 * places.length) / most));
  const kept: number[] = [];
  for (let begin = 0; begin < places.length; begin += stretch) {
    let [low, high] = [begin, begin];
    for (let at = begin; at < Math.min(places.length, begin + stretch); at++) {
      const y = ys[places[at] as number] as number;
      if (y < (ys[places[low] as number] as number)) low = at;
      if (y > (ys[places[high] as number] as number)) high = at;
    }
    kept.push(...new Set([Math.min(low, high), Math.max(low, high)]));
  }
  const of = (values: Float64Array) => kept.map((at) => values[places[at] as number] as number);
  return { x: of(xs), y: of(ys) };
}
