import { expect, test } from "vitest";
import { highlight } from "../src/code/highlight";
import { languageNamed, languageOf } from "../src/code/languages";
import { familyOf } from "../src/code/tokens";

test("the language is known by name, or by the program of the first line", () => {
  expect(["fit.py", "CMakeLists.txt", "a.F90", "notes.txt", "README"].map((name) => languageOf(name))).toEqual([
    "python",
    "cmake",
    "fortran",
    undefined,
    undefined,
  ]);
  expect(languageOf("process", "#!/usr/bin/env python3\nimport os")).toBe("python");
  expect([languageNamed("python3"), languageNamed("R"), languageNamed("julia")]).toEqual(["python", "r", "julia"]);
});

test("the parts of a text are the whole text, and markup in it stays text", () => {
  const text = 'def f(x):\n    return "<script>alert(1)</script>"  # why\n';
  const tokens = highlight(text, "python");
  expect(tokens.map(([part]) => part).join("")).toBe(text);
  const kindOf = (part: string) => familyOf(tokens.find(([each]) => each.includes(part))?.[1]);
  expect([kindOf("def"), kindOf("script"), kindOf("why")]).toEqual(["keyword", "string", "comment"]);
});

test("a text in a language that nobody knows is plain", () =>
  expect(highlight("x <b>", "klingon")).toEqual([["x <b>"]]));
