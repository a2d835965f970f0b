// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { parseNotebook } from "../src/notebooks/parse";
import { renderNotebook } from "../src/notebooks/render";
import { sanitise } from "../src/notebooks/sanitise";

const notebook = (...cells: object[]) => JSON.stringify({ nbformat: 4, metadata: {}, cells });
const output = (data: object) =>
  notebook({ cell_type: "code", source: "x", outputs: [{ output_type: "display_data", data }] });
const render = (text: string) => renderNotebook(parseNotebook(text), { tokens: undefined, typeset: undefined });

describe("a notebook", () => {
  test("has its words, code and outputs in order", () => {
    const html = render(
      notebook(
        { cell_type: "markdown", source: ["# Fit\n", "of *rings*"] },
        {
          cell_type: "code",
          execution_count: 3,
          source: "print('<b>')",
          outputs: [{ output_type: "stream", name: "stdout", text: ["\u001b[31m10 %\r", "100 %\u001b[0m\n"] }],
        },
      ),
    );
    expect(html).toMatch(
      /<h1>Fit<\/h1>.*<em>rings<\/em>.*\[3\].*print\(&#39;&lt;b&gt;&#39;\).*<pre class="text">100 %/s,
    );
    expect(html).not.toContain("10 %\r");
  });
  test("shows pictures, and no bytes of them break out of their address", () => {
    expect(render(output({ "image/png": "iVBORw0=\n" }))).toContain('src="data:image/png;base64,iVBORw0="');
    expect(render(output({ "image/png": '"><script>alert(1)</script>' }))).not.toContain("<script");
    expect(render(output({ "image/svg+xml": "<svg onload='x'/>" }))).toContain("data:image/svg+xml,%3Csvg");
  });
  test("runs nothing, and says so", () => {
    const html = render(output({ "application/javascript": "alert(1)", "text/plain": "<Plot>" }));
    expect(html).toContain("is not shown");
    expect(html).toContain("&lt;Plot&gt;");
    expect(render(output({ "text/html": "<script>alert(1)</script>" }))).toContain("is not shown");
  });
  test("that is none, or too old, says so", () => {
    expect(() => parseNotebook("[]")).toThrow();
    expect(() => parseNotebook('{"nbformat": 3, "worksheets": []}')).toThrow("older than version 4");
    expect(() => parseNotebook('{"nbformat": 4, "cells": {}}')).toThrow("no cells");
    expect(parseNotebook('{"nbformat": 4, "cells": [null, 3, {"source": {}}]}').cells).toHaveLength(3);
  });
  test("whose loops print without an end is cut", () =>
    expect(render(output({ "text/plain": "x".repeat(3e6) })).length).toBeLessThan(110_000));
});

describe("HTML that somebody else wrote", () => {
  test("keeps tables and words", () =>
    expect(sanitise('<table class="dataframe"><tr><td colspan="2">1 &lt; 2</td></tr></table>')).toBe(
      '<table><tbody><tr><td colspan="2">1 &lt; 2</td></tr></tbody></table>',
    ));
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/x.png'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='/api/v1/logout'>x</a>",
    "<div style='position:fixed' onclick=alert(1)>x</div>",
    "<svg><script>alert(1)</script><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<form action=/x><input><button>y</button></form>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example'>",
    "<p title='\"><script>alert(1)</script>'>x</p>",
  ])("loses what runs or fetches: %s", (html) => {
    const { body } = new DOMParser().parseFromString(sanitise(html), "text/html");
    const inIt = [...body.querySelectorAll("*")];
    expect(inIt.filter(({ localName }) => !["p", "div", "a", "img", "table", "tbody"].includes(localName))).toEqual([]);
    expect(inIt.flatMap(({ attributes }) => [...attributes].map(({ name }) => name))).toEqual(
      html.startsWith("<p") || html.startsWith("<noscript") ? ["title"] : [],
    );
  });
  test("nested without an end is cut", () => expect(sanitise(`${"<b>".repeat(600)}x`).length).toBeLessThan(3000));
});
