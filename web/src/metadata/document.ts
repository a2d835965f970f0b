import { applyEdits, findNodeAtLocation, format, modify, type Node, parseTree } from "jsonc-parser";
import { metadata as t } from "../messages/en";
import { visibleText } from "../text/visible";

/**
 * Metadata documents as texts: what is changed is changed in the text, so that everything else stays as somebody wrote it, every digit of a
 * number and the order of the keys.
 */
type Path = readonly (string | number)[];

const layout = { tabSize: 2, insertSpaces: true, eol: "\n" };

/** A document laid out for people: letters that a program wrote as `\u00e5` are letters. */
export function formatted(text: string): string {
  const readable = text.replace(/"(?:[^"\\]|\\.)*"/g, (json) => (json.includes("\\u") ? plainer(json) : json));
  return applyEdits(readable, format(readable, undefined, layout));
}

/** What nobody would see stays as it was written. */
function plainer(json: string): string {
  const value = JSON.parse(json) as string;
  return visibleText(value) === value ? JSON.stringify(value) : json;
}

/** Why a text is no metadata document; undefined for one that is. */
export function mistakeIn(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? undefined : t.enterAJsonObject;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The JSON text of a value; undefined for none. */
export function valueAt(text: string, path: Path): string | undefined {
  const node = nodeAt(text, path);
  return node && compact(node, text);
}

/** Whether a value can stand there: on the way to it there are sections only, or nothing. */
export function hasRoom(text: string, path: Path): boolean {
  return path.every((_, depth) => {
    const node = depth === 0 ? rootOf(text) : nodeAt(text, path.slice(0, depth));
    return node === undefined || node.type === "object";
  });
}

/** The document with another value (a JSON text), or without it. */
export function withValue(text: string, path: Path, json: string | undefined): string {
  if (json === undefined) {
    return nodeAt(text, path)
      ? applyEdits(text, modify(text, [...path], undefined, { formattingOptions: layout }))
      : text;
  }
  const made = nodeAt(text, path)
    ? text
    : applyEdits(text, modify(text, [...path], null, { formattingOptions: layout }));
  const node = nodeAt(made, path);
  return node ? made.slice(0, node.offset) + json + made.slice(node.offset + node.length) : text;
}

/** A value that is other in one of two documents. */
export interface Change {
  path: Path;
  before: string | undefined;
  after: string | undefined;
}

/** What differs between two documents, value by value; a list, or a number with its unit, is one value. */
export function changesBetween(before: string, after: string): Change[] {
  const old = leavesOf(before);
  const now = leavesOf(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .map((key) => ({ path: JSON.parse(key) as string[], before: old.get(key), after: now.get(key) }));
}

/** The values of a document that are no sections, by their paths. */
export function leaves(text: string): { path: Path; json: string }[] {
  return [...leavesOf(text)].map(([key, json]) => ({ path: JSON.parse(key) as string[], json }));
}

/** Two documents that were made of one, together. */
export interface Merged {
  text: string;
  /** Values that both have changed, each in its own way: mine stands in the text. */
  both: { path: Path; mine: string | undefined; theirs: string | undefined }[];
}

/** What somebody has changed in a document, in another that was made of it meanwhile; undefined if there is no room for it. */
export function merged(base: string, mine: string, theirs: string): Merged | undefined {
  const both: Merged["both"] = [];
  let text = theirs;
  const changes = changesBetween(base, mine);
  // What goes makes room for what comes.
  for (const { path, after } of changes.sort((a, b) => Number(a.after !== undefined) - Number(b.after !== undefined))) {
    const other = valueAt(theirs, path);
    if (other !== valueAt(base, path) && other !== after) both.push({ path, mine: after, theirs: other });
    if (!hasRoom(text, path)) return undefined;
    text = withValue(text, path, after);
  }
  return { text, both };
}

/** The items of a list, given as a JSON text; undefined for anything else. */
export function itemsOf(json: string): string[] | undefined {
  const node = parseTree(json);
  return node?.type === "array" ? (node.children ?? []).map((item) => compact(item, json)) : undefined;
}

/** A number with its unit beside it. */
export interface Quantity {
  value: string;
  unit: string | undefined;
}

/** Takes `{"value": …, "unit": …}` apart; undefined for anything else. */
export function quantityOf(json: string): Quantity | undefined {
  const node = parseTree(json);
  if (!node || !isQuantity(node)) return undefined;
  const unit: unknown = findNodeAtLocation(node, ["unit"])?.value ?? undefined;
  const value = findNodeAtLocation(node, ["value"]);
  return value && (unit === undefined || typeof unit === "string") ? { value: compact(value, json), unit } : undefined;
}

// Each field of a form asks of the same text.
let last: { text: string; root: Node | undefined } | undefined;

function rootOf(text: string): Node | undefined {
  if (last?.text !== text) last = { text, root: parseTree(text) };
  return last.root;
}

function nodeAt(text: string, path: Path): Node | undefined {
  const root = rootOf(text);
  return root && findNodeAtLocation(root, [...path]);
}

function leavesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const collect = (node: Node, path: string[]) => {
    const inside = node.type === "object" && !isQuantity(node) ? (node.children ?? []) : [];
    if (inside.length === 0) {
      if (path.length > 0) found.set(JSON.stringify(path), compact(node, text));
      return;
    }
    for (const { children } of inside) {
      if (children?.[0] && children[1]) collect(children[1], [...path, String(children[0].value)]);
    }
  };
  const root = parseTree(text);
  if (root) collect(root, []);
  return found;
}

/** `{"value": …, "unit": …}`. */
function isQuantity(node: Node): boolean {
  const keys = (node.children ?? []).map(({ children }) => children?.[0]?.value as unknown);
  return keys.includes("value") && keys.every((key) => key === "value" || key === "unit");
}

/** A value on one line, the same for the same value. */
function compact(node: Node, text: string): string {
  const inside = node.children ?? [];
  switch (node.type) {
    case "array":
      return `[${inside.map((item) => compact(item, text)).join(", ")}]`;
    case "object":
      return `{${inside.map((item) => compact(item, text)).join(", ")}}`;
    case "property":
      return inside.map((item) => compact(item, text)).join(": ");
    case "string":
      return JSON.stringify(node.value);
    default:
      return text.slice(node.offset, node.offset + node.length);
  }
}
