import { Marked } from "marked";
import { footnotes } from "./footnotes";
import { formulas, type Typeset } from "./formulas";

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Whether a link is allowed in a document from an untrusted user. */
function isSafeLink(href: string): boolean {
  return /^(https?:|mailto:)/i.test(href.trim());
}

/**
 * Markdown as HTML for a frame that runs no scripts and has no origin. HTML in it is shown as text, links lead only to the web, and only
 * images in `pictures` are shown (the dataset's own, as data URLs).
 */
export function renderMarkdown(text: string, pictures: ReadonlyMap<string, string>, typeset?: Typeset): string {
  const marked = new Marked({ gfm: true, async: false });
  const notes = footnotes();
  marked.use(notes.extension);
  if (typeset) marked.use(formulas(typeset, escapeHtml));
  marked.use({
    renderer: {
      html: ({ text }) => escapeHtml(text),
      link({ href, tokens }) {
        const label = this.parser.parseInline(tokens);
        return isSafeLink(href)
          ? `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${label}</a>`
          : label;
      },
      image: ({ href, text }) => {
        const data = pictures.get(href);
        return data
          ? `<img src="${escapeHtml(data)}" alt="${escapeHtml(text)}">`
          : `<em>[${escapeHtml(text || href)}]</em>`;
      },
    },
  });
  return marked.parse(text) + notes.list((note) => marked.parseInline(note) as string);
}

/** The relative image paths in a text. */
export function namedPictures(text: string): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(/!\[[^\]]*\]\(\s*<?([^)\s>]+)/g)) {
    const href = match[1] ?? "";
    if (!/^[a-z][a-z0-9+.-]*:/i.test(href) && !href.startsWith("/") && !href.startsWith("#")) found.add(href);
  }
  return [...found];
}

/** Resolves a path relative to a folder; undefined if it leads out of the dataset. */
export function resolvePath(folder: string, href: string): string | undefined {
  const parts = folder.split("/").filter((part) => part !== "");
  let decoded: string;
  try {
    decoded = decodeURIComponent(href.split(/[?#]/, 1)[0] ?? "");
  } catch {
    return undefined;
  }
  for (const part of decoded.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length > 0 ? parts.join("/") : undefined;
}
