import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { readMessages } from "../build/messages";

/** What looks like words and is none for people: keys, headers, names of programs, marks of languages, and errors of the code itself. */
const noSentence =
  /^(Arrow|Enter$|Escape$|Backspace$|Shift\+|Control\+|Ctrl K$|Hutch$|hutch\b|Content-Type$|If-|IsSupplementTo$|Files$|useSession |\w+Exception$|#main |-H |on the way$|allow-|<!doctype|1px )/;
/** Titles of viewers are compared with the register that has them. */
const comparedTitles = /^(Image|Frame|Volume|Text|Hex)$/;

/** The texts in a source that a person would read. */
function sentencesIn(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const words = textOf(node).trim();
    const isWord = ts.isJsxText(node) ? /[A-Za-z]{2}/ : /^[A-Z][a-z]|[a-z]{2}[,.:;…]? +[A-Za-z]/;
    if (isWord.test(words) && !noSentence.test(words) && !comparedTitles.test(words)) found.push(words);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
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
  .filter((path) => path.endsWith(".tsx"))
  .map((path) => ({ path, text: readFileSync(join("src", path), "utf8") }));

test("components have no sentences of their own", () => {
  expect(sentencesIn("one.tsx", `const one = <Button title={\`Delete \${name}?\`}>Delete all</Button>;`)).toEqual([
    "Delete ?",
    "Delete all",
  ]);
  expect(sources.flatMap(({ path, text }) => sentencesIn(path, text).map((words) => `${path}: ${words}`))).toEqual([]);
});

test("each message is used where it belongs", () => {
  const parts = readMessages(readFileSync("src/messages/en.ts", "utf8"));
  const used = new Map<string, Set<string>>();
  for (const { text } of sources) {
    const [, part] = /^import \{ (\w+) as t \} from "[./]+messages\/en";$/m.exec(text) ?? [];
    if (part)
      for (const [, key = ""] of text.matchAll(/\bt\.(\w+)/g)) used.set(part, (used.get(part) ?? new Set()).add(key));
  }

  expect([...parts.values()].reduce((sum, keys) => sum + keys.size, 0)).toBeGreaterThan(1000);
  for (const [part, keys] of parts) expect([...keys.keys()].filter((key) => !used.get(part)?.has(key))).toEqual([]);
});
