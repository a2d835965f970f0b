import type { MarkedExtension, Tokens } from "marked";
import { lineWith } from "./lineWith";

const definition = /^\[\^([^\]\s]{1,100})\]:[ \t]*([^\n]*(?:\n(?:[ \t]+[^\n]+))*)(?:\n+|$)/;
const reference = /^\[\^([^\]\s]{1,100})\]/;

/** `[^name]` in a text, and `[^name]: …` what is said at its end. Numbered as they are named. */
export function footnotes(): { extension: MarkedExtension; list: (inline: (text: string) => string) => string } {
  const notes = new Map<string, string>();
  const named: string[] = [];
  // An address inside the frame: one that begins with # would lead to the page around it.
  const link = (id: string, words: string) => `<a href="about:srcdoc#${id}">${words}</a>`;
  return {
    extension: {
      extensions: [
        {
          name: "footnoteDefinition",
          level: "block",
          // Elsewhere than at the beginning of a line it is a reference, which must not end a paragraph.
          start: (text) => lineWith(text, /\n\[\^[^\]\s]+\]:/),
          tokenizer: (text) => {
            const match = definition.exec(text);
            if (!match) return undefined;
            notes.set(match[1] ?? "", (match[2] ?? "").replace(/\n[ \t]+/g, "\n"));
            return { type: "footnoteDefinition", raw: match[0] };
          },
          renderer: () => "",
        },
        {
          name: "footnote",
          level: "inline",
          start: (text) => text.indexOf("[^"),
          tokenizer: (text) => {
            const match = reference.exec(text);
            return match ? { type: "footnote", raw: match[0], text: match[1] } : undefined;
          },
          renderer: ({ raw, text }: Tokens.Generic) => {
            const name = String(text);
            // A reference without a definition is no footnote.
            if (!notes.has(name)) return raw.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
            if (!named.includes(name)) named.push(name);
            const number = named.indexOf(name) + 1;
            return `<sup id="from-${number}">${link(`note-${number}`, String(number))}</sup>`;
          },
        },
      ],
    },
    list: (inline) => {
      let items = "";
      // A footnote may name another one, which is added at the end.
      for (let index = 0; index < named.length; index++)
        items += `<li id="note-${index + 1}">${inline(notes.get(named[index] ?? "") ?? "")} ${link(`from-${index + 1}`, "↩")}</li>`;
      return items && `<hr><ol class="notes">${items}</ol>`;
    },
  };
}
