import { describe, expect, test } from "vitest";
import { parseJson } from "../src/trees/json";
import { parseYaml } from "../src/trees/yaml";

describe("JSON", () => {
  test("is parsed, with a reason if it is not valid", () => {
    expect(parseJson('{"a": [1, null]}')).toEqual({ value: { a: [1, null] } });
    expect(parseJson("null")).toEqual({ value: null });
    expect(parseJson("{").error).toMatch(/JSON/);
  });
  test("that is nested 100 000 deep is refused with words", () => {
    expect(parseJson("[".repeat(1e5) + "]".repeat(1e5)).error).toMatch("has more than 1000 levels");
    expect(parseJson(`${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`).error).toMatch("has more than 1000 levels");
  });
  test("has brackets in texts, too, which do not count", () =>
    expect(parseJson(JSON.stringify(`\\"${"[".repeat(5000)}`)).value).toHaveLength(5002));
});

describe("YAML", () => {
  test("is parsed, with every digit of large integers", () =>
    expect(parseYaml("a: 1\nb: [x, 2.5, ~, yes]\nns: 1763632800123456789\n")).toEqual({
      a: 1,
      b: ["x", 2.5, null, "yes"],
      ns: 1763632800123456789n,
    }));
  test("may hold several documents", () => expect(parseYaml("a: 1\n---\n- 2\n")).toEqual([{ a: 1 }, [2]]));
  test("that is not valid says where", () => expect(() => parseYaml("a: [1\nb: 2")).toThrow(/line/));
  test("with a bomb of aliases stays small", () => {
    const lines = ["l0: &l0 [lol]"];
    for (let level = 1; level < 60; level++)
      lines.push(
        `l${level}: &l${level} [${Array(9)
          .fill(`*l${level - 1}`)
          .join(", ")}]`,
      );
    const value = parseYaml(lines.join("\n")) as Record<string, unknown[]>;
    expect(value.l59?.[0]).toBe(value.l58);
  });
  test("that names itself is a tree without an end", () => {
    const value = parseYaml("&a\nme: *a\n") as Record<string, unknown>;
    expect(value.me).toBe(value);
  });
  test("that is nested too deep is refused", () =>
    expect(() => parseYaml("[".repeat(1500) + "]".repeat(1500))).toThrow(/nested|stack/));
  test("cannot reach the prototypes of the page", () => {
    parseYaml("__proto__: {stolen: 1}\nconstructor: {prototype: {stolen: 1}}\n");
    expect(({} as Record<string, unknown>).stolen).toBeUndefined();
  });
});
