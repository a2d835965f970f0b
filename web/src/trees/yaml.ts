import { parseAllDocuments } from "yaml";
import { trees as t } from "../messages/en";
import { deepest, type Json } from "./json";

/** Parses a stream of documents. What an alias names is there once, however often it is named: a bomb stays small. */
export function parseYaml(text: string): Json {
  const documents = parseAllDocuments(text, { intAsBigInt: true, logLevel: "silent", stringKeys: false });
  if (!Array.isArray(documents)) return null;
  const values = documents.map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(error.message);
    return plain(document.toJS({ maxAliasCount: -1 }));
  });
  return values.length === 1 ? (values[0] as Json) : values;
}

/** Small integers as numbers; refuses what is nested too deep. Goes through shared values once, and does not recurse. */
function plain(root: unknown): Json {
  const top: Record<string, unknown> = { root };
  const seen = new Set<unknown>();
  let level: Record<string, unknown>[] = [top];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw new Error(t.itIsNestedMoreThanDeep(deepest));
    const below: Record<string, unknown>[] = [];
    for (const parent of level)
      for (const key of Object.keys(parent)) {
        const value = parent[key];
        if (typeof value === "bigint" && Number.isSafeInteger(Number(value)))
          Object.defineProperty(parent, key, {
            value: Number(value),
            writable: true,
            enumerable: true,
            configurable: true,
          });
        else if (typeof value === "object" && value !== null && !seen.has(value)) {
          seen.add(value);
          below.push(value as Record<string, unknown>);
        }
      }
    level = below;
  }
  return top.root as Json;
}
