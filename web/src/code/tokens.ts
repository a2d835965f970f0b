/** A part of a text, and what it is in its language: `keyword`, `string`. */
export type Token = readonly [text: string, kind?: string];

/** What a worker is asked: the parts of texts in a language. */
export interface Question {
  texts: string[];
  language: string;
}

/** Kinds that look the same have one name. */
const families: Record<string, string> = {
  keyword: "keyword",
  selector: "keyword",
  "selector-tag": "keyword",
  doctag: "keyword",
  built_in: "name",
  type: "name",
  title: "name",
  name: "name",
  tag: "name",
  section: "name",
  attr: "attribute",
  attribute: "attribute",
  variable: "attribute",
  "template-variable": "attribute",
  symbol: "attribute",
  property: "attribute",
  string: "string",
  regexp: "string",
  code: "string",
  addition: "string",
  number: "number",
  literal: "number",
  bullet: "number",
  link: "number",
  comment: "comment",
  quote: "comment",
  meta: "comment",
  deletion: "deletion",
};

/** The name of the style of a part; undefined for plain text. */
export function familyOf(kind: string | undefined): string | undefined {
  return kind === undefined ? undefined : families[kind];
}

/** Longer time for colours than this is not taken. */
export const mostSeconds = 5;

/** Starts what finds the parts of texts: some texts keep it busy for very long. */
export function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hutch-code" });
}
