// Cases 65.
import { describe, expect, test } from "vitest";
import { loadTypeset } from "../src/documents/formulas";
import { namedPictures, renderMarkdown, resolvePath } from "../src/documents/markdown";
import { decodeText } from "../src/text/decodeText";
import { hexDump, parseOffset } from "../src/viewers/hex";
import { viewers } from "../src/viewers/registry";
import { chooseViewers, type Rule, viewer } from "../src/viewers/viewer";

describe("untrusted Markdown", () => {
  const none = new Map<string, string>();
  test("HTML is text", () =>
    expect(renderMarkdown("<script>alert(1)</script>\n\n<b onclick=x>y</b>", none)).not.toMatch(/<script|<b /));
  test("script links become plain text", () =>
    expect(renderMarkdown("[a](javascript:alert(1)) [b](data:text/html,x)", none)).not.toContain("href"));
  test("web links send no referrer", () =>
    expect(renderMarkdown("[a](https://x.org/)", none)).toContain('rel="noopener noreferrer"'));
  test("remote images are not loaded", () =>
    expect(renderMarkdown("![a](https://x.org/p.png)", none)).not.toContain("<img"));
  test("alt text cannot break out of its attribute", () =>
    expect(renderMarkdown('![a" onerror="x](p.png)', new Map([["p.png", "data:,"]]))).not.toContain('" onerror="'));
  test("relative images are found", () =>
    expect(namedPictures("![a](p/q.png) ![b](https://x/y.png) ![c](/z.png)")).toEqual(["p/q.png"]));
  test("a path cannot lead out of the dataset", () =>
    expect([resolvePath("a/b/", "../c%20d.png"), resolvePath("a/", "../../x"), resolvePath("", "%zz")]).toEqual([
      "a/c d.png",
      undefined,
      undefined,
    ]));
});

describe("the choice of a viewer", () => {
  const named = (title: string, rule: Rule, more: { maxBytes?: number; except?: RegExp } = {}) =>
    viewer({ name: title, title, shows: [rule], ...more, load: () => Promise.reject(new Error("not loaded")) });
  const titles = (from: ReturnType<typeof named>[], name: string, more: object = {}) =>
    chooseViewers(from, { name, size: 10, datasetType: "generic", ...more }).map(({ title }) => title);

  test("a name beats a content type, a content type beats a rule for any file", () => {
    const all = [named("any", {}), named("type", { contentType: /^text\/x$/ }), named("name", { name: /\.x$/ })];
    expect(titles(all, "a.x", { contentType: "Text/X; charset=utf-8" })).toEqual(["name", "type", "any"]);
    expect(titles(all, "a.y", { contentType: "text/x" })).toEqual(["type", "any"]);
    expect(titles(all, "a.y")).toEqual(["any"]);
  });
  test("among equal matches the order of the registry counts", () =>
    expect(titles([named("one", { name: /x/ }), named("two", { name: /x/ })], "x")).toEqual(["one", "two"]));
  test("a rule for a type of dataset beats the same rule for all", () => {
    const all = [named("all", { name: /x/ }), named("mx", { name: /x/, datasetType: /^mx\// })];
    expect(titles(all, "x", { datasetType: "mx/rotation" })).toEqual(["mx", "all"]);
    expect(titles(all, "x")).toEqual(["all"]);
  });
  test("large files and excepted names are left to others", () => {
    const all = [named("small", { name: /x/ }, { maxBytes: 9 }), named("some", {}, { except: /x$/ }), named("any", {})];
    expect(titles(all, "x")).toEqual(["any"]);
    expect(titles(all, "xy", { size: 9 })).toEqual(["small", "some", "any"]);
  });
  test("titles are unique: they name the tabs", () =>
    expect(new Set(viewers.map(({ title }) => title)).size).toBe(viewers.length));

  test.each([
    ["a.CSV", null, ["Table", "Text", "Hex"]],
    ["rows.parquet", null, ["Table", "Hex"]],
    ["events.jsonl", null, ["Table", "Text", "Hex"]],
    ["buffer.dat", null, ["Table", "Text", "Hex"]],
    ["data.json", null, ["Tree", "Text", "Hex"]],
    ["paper.pdf", null, ["PDF", "Hex"]],
    ["run.mp4", null, ["Video", "Hex"]],
    ["fit.ipynb", null, ["Notebook", "Tree", "Text", "Hex"]],
    ["settings.yaml", null, ["Tree", "Text", "Hex"]],
    ["header", "application/json", ["Tree", "Text", "Hex"]],
    ["README.md", "text/plain", ["Markdown", "Text", "Hex"]],
    ["page.html", null, ["Page", "Text", "Hex"]],
    ["x.svg", "image/png", ["Page", "Image", "Text", "Hex"]],
    ["x", "text/html", ["Page", "Text", "Hex"]],
    ["x.png", null, ["Image", "Hex"]],
    ["data.h5", null, ["HDF5", "Volume", "Hex"]],
    ["map.mrc", null, ["Volume", "Hex"]],
    ["movie.eer", null, ["Volume", "Hex"]],
    ["stack.tif", "image/tiff", ["Volume", "Hex"]],
    ["000001", "application/x-hutch-frame", ["Frame", "Text", "Hex"]],
    ["Makefile", null, ["Text", "Hex"]],
  ])("%s (%s) is shown as %s", (name, contentType, expected) =>
    expect(titles(viewers, name, { contentType })).toEqual(expected),
  );
  test("a JSON document that is too large for a tree is text", () =>
    expect(titles(viewers, "a.json", { size: 1e9 })).toEqual(["Text", "Hex"]));
});

describe("text or not", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  test("zero bytes are not text", () => expect(decodeText(bytes("a\0b"), false)).toBeUndefined());
  test("a character cut off at the end is left out", () =>
    expect(decodeText(bytes("caf\u00e9").subarray(0, 4), true)).toBe("caf"));
  test("UTF-16 is text, with a mark or without (formats 65)", () => {
    const wide = (text: string, begin: number[] = []) =>
      Uint8Array.from([...begin, ...[...text].flatMap((letter) => [letter.charCodeAt(0), 0])]);
    expect(decodeText(wide("pixel 75 \u00b5m", [0xff, 0xfe]), false)).toBe("pixel 75 \u00b5m");
    expect(decodeText(wide("pixel size"), false)).toBe("pixel size");
    expect(decodeText(Uint8Array.from([0xff, 0xfe, 0, 0, 1, 0]), false)).toBeUndefined();
  });
  test("a few bytes of Windows-1252 are read as such, among UTF-8 too", () => {
    const mixed = Uint8Array.from([...bytes("at 100 "), 0xb0, ...bytes("C, \u00e9 "), 0xe2, 0x82, 0xac, 0xe2]);
    expect(decodeText(mixed, false)).toBe("at 100 \u00b0C, \u00e9 \u20ac\u00e2");
  });
  test("Windows-1252 text is decoded too", () =>
    expect(decodeText(new Uint8Array(60).fill(0xe9), false)).toBe("\u00e9".repeat(60)));
});

test("bytes in hex, with their offset and ASCII", () => {
  const rows = hexDump(Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, ...Array<number>(13).fill(0)]), 4096).split("\n");
  expect(rows).toEqual([
    "00001000  7f 45 4c 46 00 00 00 00 00 00 00 00 00 00 00 00  .ELF............",
    `00001010  00${" ".repeat(45)}  .`,
  ]);
  expect(["4096", "0x1000", " 12 ", "-1", "0xg", ""].map(parseOffset)).toEqual([
    4096,
    4096,
    12,
    undefined,
    undefined,
    undefined,
  ]);
});

describe("formulas", async () => {
  const typeset = await loadTypeset();
  const render = (text: string) => renderMarkdown(text, new Map(), typeset);

  test("are set as MathML, in a line and as a paragraph, without styles", () => {
    expect(render("energy $E = mc^2$ it is")).toContain("<msup>");
    expect(render("$$\n\\frac{a}{b} \\quad \\boxed{x}\n$$")).toMatch(/display="block".*<mfrac>/);
    expect(render("$\\boxed{x}$")).not.toContain(" style=");
  });

  test("are left alone where the dollar is money or the TeX is wrong", () => {
    expect(render("from $5 to $10")).toContain("from $5 to $10");
    expect(render("$\\frac{$")).not.toContain("<math");
    expect(render("$\\href{javascript:alert(1)}{x}$ `$a$`")).not.toMatch(/href=|<mi>a<\/mi>/);
    expect(renderMarkdown("$<img src=x>$", new Map(), typeset)).not.toContain("<img");
  });
});

describe("footnotes", () => {
  const render = (text: string) => renderMarkdown(text, new Map());

  test("are numbered as they are named, and said at the end", () => {
    const html = render(
      "One[^b] two[^a] one again[^b].\n\n[^a]: The *second*\n[^b]: The first,\n  in two lines\n\nAfter.",
    );
    expect(html).toMatch(/One<sup id="from-1"><a href="about:srcdoc#note-1">1<\/a><\/sup> two<sup id="from-2">/);
    expect(html).toMatch(
      /<p>After.<\/p>\s*<hr><ol class="notes"><li id="note-1">The first,\s+in two lines .*<li id="note-2">The <em>second<\/em>/s,
    );
  });

  test("that nobody explains are text, and markup in them too", () => {
    expect(render("x[^none] [^<b>]")).toContain("x[^none] [^&lt;b>]");
    expect(render("x[^1]\n\n[^1]: <script>alert(1)</script> [y](javascript:z)")).not.toMatch(/<script|javascript:/);
  });
});
