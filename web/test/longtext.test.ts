import fc from "fast-check";
import { expect, test } from "vitest";
import { findInFile, Needle } from "../src/longtext/find";
import { cut, hasLongLine } from "../src/longtext/part";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

test("a part begins and ends with whole lines, and parts follow each other without a gap", () => {
  const bytes = encode(Array.from({ length: 400 }, (_, line) => `line ${line} é`).join("\n"));
  const text: string[] = [];
  for (let begin = 0; begin < bytes.length; ) {
    const from = Math.max(0, begin - 1);
    const part = cut(bytes.subarray(from, begin + 1000), from, bytes.length);
    expect(part.begin).toBe(begin);
    text.push(decode(part.bytes));
    begin = part.end;
  }
  expect(text.join("")).toBe(decode(bytes));
  expect(text.every((part) => part.startsWith("line"))).toBe(true);
});

test("an endless line is cut between characters", () => {
  const bytes = encode("é€😀".repeat(8000));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 20, max: 30_000 }), (begin, length) => {
      const part = cut(bytes.subarray(begin - 1, begin + length), begin - 1, bytes.length);
      expect(() => decode(part.bytes)).not.toThrow();
      expect(part.begin - begin).toBeLessThan(4);
    }),
    { numRuns: 60 },
  );
});

test("a line too long to scroll along is noticed", () => {
  expect(hasLongLine(`a\n${"x".repeat(2001)}`)).toBe(true);
  expect(hasLongLine("short\n".repeat(1000))).toBe(false);
});

test("a text is found wherever it is, across the parts that are read, forwards and backwards", async () => {
  const size = 5 * 1024 * 1024;
  const file = new Uint8Array(size).fill(0x2e);
  const places = [0, 2 * 1024 * 1024 - 3, size - 6];
  for (const place of places) file.set(encode("ERRoR!"), place);
  let most = 0;
  const read = async (begin: number, length: number) => {
    most = Math.max(most, length);
    return file.subarray(begin, begin + length);
  };
  const find = (from: number, isBackwards: boolean) =>
    findInFile(read, size, new Needle("error!"), { from, isBackwards }, new AbortController().signal, () => undefined);

  expect([await find(0, false), await find(1, false), await find((places[1] as number) + 1, false)]).toEqual(places);
  expect(await find(size - 5, false)).toBeUndefined();
  expect([await find(size, true), await find(size - 1, true), await find(100, true)]).toEqual(places.toReversed());
  expect(await find(5, true)).toBeUndefined();
  expect(most).toBeLessThan(3 * 1024 * 1024);
});
