import { describe, expect, test } from "vitest";
import { previewKind } from "../src/preview/kinds";
import { namedPictures, renderMarkdown, resolvePath } from "../src/preview/markdown";
import { parseCsv, parseLines } from "../src/preview/table";

describe("tables", () => {
  test("quotes, separators and line ends of CSV", () =>
    expect(parseCsv('\ufeffa,b\r\n"1,5","say ""hi""\nthere"\r\n2,\n', false, 10)).toEqual({
      columns: ["a", "b"],
      rows: [
        ["1,5", 'say "hi"\nthere'],
        ["2", ""],
      ],
    }));
  test("semicolons and tabs", () =>
    expect([parseCsv("a;b\n1;2", false, 9).rows, parseCsv("a\tb\n1\t2", false, 9).rows]).toEqual([
      [["1", "2"]],
      [["1", "2"]],
    ]));
  test("a text that was cut loses its last record", () => expect(parseCsv("a\n1\n2", true, 9).rows).toEqual([["1"]]));
  test("rows are bounded", () => expect(parseCsv("a\n1\n2\n3\n", false, 2).rows.length).toBe(2));
  test("JSON lines with different keys", () =>
    expect(parseLines('{"a":1}\n{"b":"x","a":null}\n', false, 9)).toEqual({
      columns: ["a", "b"],
      rows: [["1"], ["null", "x"]],
    }));
  test("what is not JSON lines is said to be none", () => expect(parseLines("hello\n", false, 9)).toBeUndefined());
});

describe("markdown of strangers", () => {
  const none = new Map<string, string>();
  test("HTML is text", () =>
    expect(renderMarkdown("<script>alert(1)</script>\n\n<b onclick=x>y</b>", none)).not.toMatch(/<script|<b /));
  test("links that run something are words", () =>
    expect(renderMarkdown("[a](javascript:alert(1)) [b](data:text/html,x)", none)).not.toContain("href"));
  test("links to the web tell nothing of where they stood", () =>
    expect(renderMarkdown("[a](https://x.org/)", none)).toContain('rel="noopener noreferrer"'));
  test("pictures of other servers are not asked for", () =>
    expect(renderMarkdown("![a](https://x.org/p.png)", none)).not.toContain("<img"));
  test("attributes cannot be left", () =>
    expect(renderMarkdown('![a" onerror="x](p.png)', new Map([["p.png", "data:,"]]))).not.toContain('" onerror="'));
  test("pictures beside the text are named", () =>
    expect(namedPictures("![a](p/q.png) ![b](https://x/y.png) ![c](/z.png)")).toEqual(["p/q.png"]));
  test("a path stays in the dataset", () =>
    expect([resolvePath("a/b/", "../c%20d.png"), resolvePath("a/", "../../x"), resolvePath("", "%zz")]).toEqual([
      "a/c d.png",
      undefined,
      undefined,
    ]));
});

test.each([
  ["a.CSV", null, "table"],
  ["README.md", "text/plain", "markdown"],
  ["page.html", null, "frame"],
  ["x.svg", "image/png", "frame"],
  ["x", "text/html", "frame"],
  ["data.h5", null, "none"],
  ["Makefile", null, "text"],
])("%s (%s) is shown as %s", (name, type, kind) => expect(previewKind(name, type)).toBe(kind));
