import { readFileSync } from "node:fs";
import ts from "typescript";
import type { Plugin } from "vite";

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

/** Each file is given the messages that it names: a page loads no others. `HUTCH_LANGUAGE=de` takes those of `de.ts`. */
export function messages(): Plugin {
  const file = new URL(`../src/messages/${process.env.HUTCH_LANGUAGE ?? "en"}.ts`, import.meta.url).pathname;
  let parts: Map<string, Map<string, string>> | undefined;
  return {
    name: "messages",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      const [line, part = ""] = imported.exec(code) ?? [];
      if (!line) return undefined;
      parts ??= readMessages(readFileSync(file, "utf8"));
      const all = parts.get(part);
      const keys = [...new Set([...code.matchAll(/\bt\.(\w+)/g)].map(([, key = ""]) => key))];
      const values = keys.filter((key) => all?.has(key)).map((key) => `${key}: ${all?.get(key)}`);
      if (values.length === 0 || /\bt\[/.test(code)) throw new Error(`${id} does not name its messages.`);
      return { code: code.replace(line, () => `const t = { ${values.join(", ")} };`), map: null };
    },
  };
}
