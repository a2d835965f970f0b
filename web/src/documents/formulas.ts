import type { MarkedExtension, Tokens } from "marked";
import { lineWith } from "./lineWith";

/** Turns TeX into MathML; throws if it is none. */
export type Typeset = (tex: string, isDisplayed: boolean) => string;

/** Whether a text may have formulas: the code that sets them is large. */
export function mayHaveFormulas(text: string): boolean {
  return text.includes("$");
}

/** Loads what sets formulas. MathML needs no fonts and no styles, and is read aloud. */
export async function loadTypeset(): Promise<Typeset> {
  const { default: katex } = await import("katex");
  return (tex, isDisplayed) =>
    katex
      .renderToString(tex, { output: "mathml", displayMode: isDisplayed, maxExpand: 1000, maxSize: 50, trust: false })
      // The page's policy admits no style attributes.
      .replace(/ style="[^"]*"/g, "");
}

const inline = /^\$(?![\s$])((?:\\.|[^\\$\n])+?)(?<!\s)\$(?!\d)/;
const display = /^\$\$([^$]+?)\$\$(?:\n|$)/;

/** `$…$` in a line and `$$…$$` as a paragraph. What is no formula stays as it was typed. */
export function formulas(typeset: Typeset, escapeHtml: (text: string) => string): MarkedExtension {
  const set = ({ raw, text }: Tokens.Generic, isDisplayed: boolean) => {
    try {
      return typeset(text, isDisplayed);
    } catch {
      return `<code>${escapeHtml(raw.trim())}</code>`;
    }
  };
  const token = (type: string, match: RegExpExecArray | null) =>
    match ? { type, raw: match[0], text: (match[1] ?? "").trim() } : undefined;
  return {
    extensions: [
      {
        name: "formula",
        level: "inline",
        start: (text) => text.indexOf("$"),
        tokenizer: (text) => token("formula", inline.exec(text)),
        renderer: (found) => set(found, false),
      },
      {
        name: "displayedFormula",
        level: "block",
        start: (text) => lineWith(text, /\n\$\$/),
        tokenizer: (text) => token("displayedFormula", display.exec(text)),
        renderer: (found) => `<p>${set(found, true)}</p>`,
      },
    ],
  };
}
