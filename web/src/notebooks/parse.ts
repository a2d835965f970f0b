import { notebooks as t } from "../messages/en";

/** What a cell has brought forth. */
export interface Output {
  kind: "text" | "error" | "data";
  /** Of a text or an error. */
  text: string;
  /** By media type. */
  data: Record<string, string>;
}

/** A cell of a notebook. */
export interface Cell {
  kind: "markdown" | "code" | "raw";
  source: string;
  count: number | undefined;
  outputs: Output[];
  /** Pictures in it, by name, as data addresses. */
  attachments: Map<string, string>;
}

/** A notebook. */
export interface Notebook {
  language: string;
  cells: Cell[];
}

type Fields = Record<string, unknown>;

/** Pictures that a browser draws and that run nothing in an image element. */
export const pictureTypes = ["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"];

/** Reads a notebook of version 4; throws an error with words if it is none. */
export function parseNotebook(text: string): Notebook {
  const root = fieldsOf(JSON.parse(text));
  if (Number(root.nbformat) < 4) throw new Error(t.itIsOfAVersionBefore);
  if (!Array.isArray(root.cells)) throw new Error(t.itHasNoCells);
  const metadata = fieldsOf(root.metadata);
  const language = fieldsOf(metadata.language_info).name ?? fieldsOf(metadata.kernelspec).language;
  return { language: typeof language === "string" ? language : "python", cells: root.cells.map(readCell) };
}

function readCell(value: unknown): Cell {
  const cell = fieldsOf(value);
  const kind = cell.cell_type === "markdown" || cell.cell_type === "code" ? cell.cell_type : "raw";
  const attachments = new Map<string, string>();
  for (const [name, types] of Object.entries(fieldsOf(cell.attachments)))
    for (const [type, data] of Object.entries(fieldsOf(types)))
      if (pictureTypes.includes(type)) attachments.set(`attachment:${name}`, dataAddress(type, textOf(data)));
  return {
    kind,
    source: textOf(cell.source),
    count: typeof cell.execution_count === "number" ? cell.execution_count : undefined,
    outputs: Array.isArray(cell.outputs) ? cell.outputs.map(readOutput) : [],
    attachments,
  };
}

function readOutput(value: unknown): Output {
  const output = fieldsOf(value);
  if (output.output_type === "stream") return { kind: "text", text: withoutCodes(textOf(output.text)), data: {} };
  if (output.output_type === "error") {
    const traceback = Array.isArray(output.traceback) ? output.traceback.map(textOf).join("\n") : "";
    const text = traceback || `${textOf(output.ename)}: ${textOf(output.evalue)}`;
    return { kind: "error", text: withoutCodes(text), data: {} };
  }
  const data = Object.entries(fieldsOf(output.data)).map(([type, content]) => [type, contentOf(content)] as const);
  return { kind: "data", text: "", data: Object.fromEntries(data) };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Texts are one text, or a list of lines. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.filter((line) => typeof line === "string").join("") : "";
}

function contentOf(value: unknown): string {
  const isText = typeof value === "string" || (Array.isArray(value) && value.every((line) => typeof line === "string"));
  return isText ? textOf(value) : JSON.stringify(value, undefined, 2);
}

/** The address of a picture in itself. SVG is text, others are base64; whatever else is in it does not get out of the address. */
export function dataAddress(type: string, content: string): string {
  return type === "image/svg+xml"
    ? `data:${type},${encodeURIComponent(content)}`
    : `data:${type};base64,${content.replace(/[^A-Za-z0-9+/=]/g, "")}`;
}

/** Colours of terminals, and what moves their cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes begin with this character
const codes = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;

function withoutCodes(text: string): string {
  // A bar of progress writes over its line: the last state counts.
  return text.replace(codes, "").replace(/^.*\r(?!\n)/gm, "");
}
