import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { readMessages, usesAll } from "../build/messages";

/** What looks like words and is none for people: keys, headers, commands, styles, names of programs and of DataCite's relations, scopes. */
const noSentence = new RegExp(
  [
    "Arrow|Page(Up|Down)$|Enter$|Escape$|Backspace$|Shift\\+|Control\\+|Ctrl K$|useSession ",
    "(Content|Upload|Repr)-\\w+$|If-|Bearer$|bytes=|allow-|-H |curl |on the way$|logged in$|input:not|#main ",
    "Hutch$|hutch([ .]|$)|import |export A|git clone|datalad clone|rclone copy|aws --|, headers=|--webdav-user",
    "Edge$|Opera$|Firefox$|Chrome$|Safari$|Android$|Windows$|Linux$|DamagedFrame$|NoWebGl$|ApiProblem$|\\w+Exception$",
    "Is[A-Z]\\w+$|Cites$|References$|HasPart$|Requires$|Continues$|Apache-2.0$|BibTeX$|CSL JSON$|Cartn_[xyz]$|Integer$|Float$",
    "SQLite format|SIMPLE|#version|linear-gradient|system-ui|ui-monospace|\\d+ \\d*px |px system-ui|1px |1 copy where",
    "<!doctype|a abbr |mark ol |script style |href=|proposal: sample:$|OggS$|Files$|\\w+Error$",
    "Python$|ChimeraX$|Neuroglancer$|Zarr$|DataLad$|JupyterHub$|read( write manage)?( held)?$",
  ]
    .map((part) => `^(${part})`)
    .join("|"),
);
/** Programs for the graphics card and styles of frames. */
const isCode = (path: string) => /(shaders?|notebooks\/style)\.ts$|\.d\.ts$|schema\.ts$|^messages\//.test(path);

/** The texts in a source that a person would read. */
function sentencesIn(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const words = textOf(node)
      .replace(/<\/?\w[^>]*>/g, "")
      .trim();
    const isWord = ts.isJsxText(node) || isCounted(node) ? /[A-Za-z]{2}/ : /^[A-Z][a-z]|[a-z]{2}[,.:;…]? +[A-Za-z]/;
    if (isWord.test(words) && !noSentence.test(words)) found.push(words);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether it is the noun of a number. */
function isCounted(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node.parent ?? node) && (node.parent as ts.CallExpression).expression.getText() === "plural"
  );
}

function textOf(node: ts.Node): string {
  if (ts.isJsxText(node)) return node.text;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return ts.isImportDeclaration(node.parent) || ts.isLiteralTypeNode(node.parent) ? "" : node.text;
  return ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join("")
    : "";
}

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !isCode(path))
  .map((path) => ({ path, text: readFileSync(join("src", path), "utf8") }));

test("sources have no sentences of their own", () => {
  expect(sentencesIn("one.tsx", `const one = <Button title={\`Delete \${name}?\`}>Delete all</Button>;`)).toEqual([
    "Delete ?",
    "Delete all",
  ]);
  expect(sentencesIn("one.ts", `throw new Error("It ends early."); plural(2, "file"); "<p>Not shown</p>"`)).toEqual([
    "It ends early.",
    "file",
    "Not shown",
  ]);
  expect(sources.flatMap(({ path, text }) => sentencesIn(path, text).map((words) => `${path}: ${words}`))).toEqual([]);
});

test("each message is used where it belongs", () => {
  const parts = readMessages(readFileSync("src/messages/en.ts", "utf8"));
  const used = new Map<string, Set<string>>();
  for (const { text } of sources) {
    const [, part = ""] = /^import \{ (\w+) as t \} from "[./]+messages\/en";$/m.exec(text) ?? [];
    const named = usesAll.test(text)
      ? parts.get(part)?.keys()
      : [...text.matchAll(/\bt\.(\w+)/g)].map(([, key = ""]) => key);
    if (part) used.set(part, new Set([...(used.get(part) ?? []), ...(named ?? [])]));
  }

  expect([...parts.values()].reduce((sum, keys) => sum + keys.size, 0)).toBeGreaterThan(1500);
  for (const [part, keys] of parts) {
    expect(keys.size, part).toBeGreaterThan(0);
    expect([...keys.keys()].filter((key) => !used.get(part)?.has(key))).toEqual([]);
  }
});

test("a thing has one word: no page says snapshot for a version, or status for a state", () => {
  const texts = [...readMessages(readFileSync("src/messages/en.ts", "utf8")).values()].flatMap((keys) => [
    ...keys.values(),
  ]);
  const said = texts
    .flatMap((text) => String(text).match(/"[^"]*"|`[^`]*`/g) ?? [])
    .map((text) => text.replace(/\$\{[^}]*\}/g, ""));

  expect(said.length).toBeGreaterThan(1500);
  expect(said.filter((text) => /\bsnapshots?\b/i.test(text) && !text.includes("snapshot."))).toEqual([]);
  expect(said.filter((text) => text === '"Status"')).toEqual([]);
});
