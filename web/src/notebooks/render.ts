import { familyOf, type Token } from "../code/tokens";
import type { Typeset } from "../documents/formulas";
import { escapeHtml, renderMarkdown } from "../documents/markdown";
import { notebooks as t } from "../messages/en";
import { formatCount } from "../text/format";
import { type Cell, dataAddress, type Notebook, type Output, pictureTypes } from "./parse";
import { sanitise } from "./sanitise";

/** Longer texts of an output are cut: loops print without an end. */
const mostText = 100_000;

export interface Means {
  /** The parts of each code cell in its language; undefined until they are known. */
  tokens: Token[][] | undefined;
  typeset: Typeset | undefined;
}

/** A notebook as HTML for a frame without scripts. Nothing in it is run; what could run is left out, and that is said. */
export function renderNotebook(notebook: Notebook, { tokens, typeset }: Means): string {
  let code = 0;
  return notebook.cells
    .map((cell) => renderCell(cell, cell.kind === "code" ? tokens?.[code++] : undefined, typeset))
    .join("");
}

/** The texts of the code cells, in their order. */
export function codeOf({ cells }: Notebook): string[] {
  return cells.filter((cell) => cell.kind === "code").map((cell) => cell.source);
}

function renderCell(cell: Cell, tokens: Token[] | undefined, typeset: Typeset | undefined): string {
  if (cell.kind === "markdown")
    return `<section class="words">${renderMarkdown(cell.source, cell.attachments, typeset)}</section>`;
  if (cell.kind === "raw") return `<section><pre>${escapeHtml(cell.source)}</pre></section>`;
  const source = tokens ? tokens.map(renderToken).join("") : escapeHtml(cell.source);
  const count = `<div class="count">[${cell.count ?? " "}]</div>`;
  const outputs = cell.outputs.map((output) => renderOutput(output, typeset)).join("");
  return `<section class="code">${count}<pre>${source}</pre>${outputs && `<div class="outputs">${outputs}</div>`}</section>`;
}

function renderToken([text, kind]: Token): string {
  const family = familyOf(kind);
  return family ? `<span class="${family}">${escapeHtml(text)}</span>` : escapeHtml(text);
}

function renderOutput(output: Output, typeset: Typeset | undefined): string {
  if (output.kind !== "data") return `<pre class="${output.kind}">${escapeHtml(shortened(output.text))}</pre>`;
  const { data } = output;
  const picture = pictureTypes.find((type) => data[type] !== undefined);
  if (picture)
    return `<img alt="${escapeHtml(t.pictureMadeByThisCell)}" src="${escapeHtml(dataAddress(picture, data[picture] ?? ""))}">`;
  const html = data["text/html"];
  if (html !== undefined) {
    const clean = sanitise(html);
    if (/[^\s]/.test(clean.replace(/<(?!img)[^>]*>/g, ""))) return `<div class="html">${clean}</div>`;
  }
  const tex = data["text/latex"];
  if (tex !== undefined && typeset) {
    const formula = /^\s*\$\$?([^$]+)\$\$?\s*$/.exec(tex)?.[1];
    if (formula) return renderMarkdown(`$$${formula.trim().replaceAll("\n", " ")}$$`, new Map(), typeset);
  }
  if (data["text/markdown"] !== undefined) return renderMarkdown(data["text/markdown"], new Map(), typeset);
  const plain = data["text/plain"] ?? tex ?? data["application/json"];
  const types = Object.keys(data);
  const runs = types.some((type) => /javascript|html|widget|vnd\./.test(type));
  const note = runs ? noteOf(t.anOutputThatNeedsA) : "";
  if (plain !== undefined) return `${note}<pre>${escapeHtml(shortened(plain))}</pre>`;
  return note || noteOf(t.anOutputOfTheType(types.join(", ")));
}

function noteOf(words: string): string {
  return `<p class="note">${escapeHtml(words)}</p>`;
}

function shortened(text: string): string {
  return text.length > mostText ? `${text.slice(0, mostText)}\n${t.cutAfterCharacters(formatCount(mostText))}` : text;
}
