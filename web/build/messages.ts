import { readFileSync } from "node:fs";
import ts from "typescript";
import type { Plugin } from "vite";

/** How a file uses a part as a whole: a table of words by codes of the server. */
export const usesAll = /= t;$/m;

const imported = /^import \{ (\w+) as t \} from "[./]+messages\/en";$/m;

/** The messages of a file of them: for each part and key, the source of its value. */
export function readMessages(text: string): Map<string, Map<string, string>> {
  const source = ts.createSourceFile("messages.ts", text, ts.ScriptTarget.Latest, true);
  const parts = new Map<string, Map<string, string>>();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!initializer || !ts.isObjectLiteralExpression(initializer)) continue;
      const values = initializer.properties.filter(ts.isPropertyAssignment);
      parts.set(name.getText(), new Map(values.map((each) => [each.name.getText(), each.initializer.getText()])));
    }
  }
  return parts;
}

/** Each file gets the messages that it names, in their place: a page loads no others. `HUTCH_LANGUAGE=de` takes those of `de.ts`. */
export function messages(): Plugin {
  const language = process.env.HUTCH_LANGUAGE ?? "en";
  const file = new URL(`../src/messages/${language}.ts`, import.meta.url).pathname;
  let parts: Map<string, Map<string, string>> | undefined;
  return {
    name: "messages",
    apply: "build",
    enforce: "pre",
    transformIndexHtml: (html) => html.replace('<html lang="en">', `<html lang="${language}">`),
    transform(code, id) {
      const [line, part = ""] = imported.exec(code) ?? [];
      if (!line) return undefined;
      parts ??= readMessages(readFileSync(file, "utf8"));
      const all = parts.get(part);
      if (!all || /[^\w|]t\[/.test(code)) throw new Error(`${id} does not name its messages.`);
      if (usesAll.test(code)) return { code: code.replace(line, () => `const t = ${objectOf(all)};`), map: null };
      const takers = [...all].filter(([key, value]) => !isText(value) && new RegExp(`\\bt\\.${key}\\b`).test(code));
      const texts = code.replace(/\bt\.(\w+)\b/g, (name, key) => {
        if (!all.has(key)) throw new Error(`${file} lacks the message ${key} of ${part}.`);
        return isText(all.get(key)) ? `(${all.get(key)})` : name;
      });
      return {
        code: texts.replace(line, () => (takers.length > 0 ? `const t = ${objectOf(takers)};` : "")),
        map: null,
      };
    },
  };
}

const isText = (value: string | undefined) => value?.startsWith('"') ?? false;
const objectOf = (values: Iterable<[key: string, value: string]>) =>
  `{ ${[...values].map(([key, value]) => `${key}: ${value}`).join(", ")} }`;
