import { escapeHtml } from "../documents/markdown";

const elements = new Set(
  (
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li " +
    "mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
  ).split(" "),
);
/** What is in these is no text for readers. */
const dropped = new Set(
  "script style x-style template noscript iframe object embed head title svg math textarea select".split(" "),
);
const empty = new Set(["br", "hr", "img", "col"]);
const attributes = new Set(["colspan", "rowspan", "scope", "title", "alt", "open", "start", "span"]);
const deepest = 200;

/**
 * The tables, words and pictures of HTML that somebody else wrote, and nothing of it that runs, fetches, has a style or an address of its own
 * outside of the web. It is written anew from a list of what is known, and shown in a frame without scripts.
 */
export function sanitise(html: string): string {
  return childrenOf(new DOMParser().parseFromString(inert(html), "text/html").body, 0);
}

/** Even in a document that nobody shows, the policy of the page would report each style and each handler of events. */
function inert(html: string): string {
  return html.replace(/<\/?[a-z][^<>]*>/gi, (tag) =>
    tag.replace(/^<(\/?)style\b/i, "<$1x-style").replace(/([\s"'/])(style|on\w+)(\s*=)/gi, "$1x-$2$3"),
  );
}

function childrenOf(node: Node, depth: number): string {
  if (depth > deepest) return "…";
  let html = "";
  for (const child of node.childNodes) {
    if (child.nodeType === 3) html += escapeHtml(child.nodeValue ?? "");
    else if (child.nodeType === 1) html += write(child as Element, depth + 1);
  }
  return html;
}

function write(element: Element, depth: number): string {
  const name = element.localName;
  if (dropped.has(name)) return "";
  if (!elements.has(name)) return childrenOf(element, depth);
  const tag = `<${name}${attributesOf(element)}>`;
  return empty.has(name) ? tag : `${tag}${childrenOf(element, depth)}</${name}>`;
}

function attributesOf(element: Element): string {
  let text = "";
  for (const { name, value } of element.attributes) if (attributes.has(name)) text += ` ${name}="${escapeHtml(value)}"`;
  const href = element.getAttribute("href") ?? "";
  if (element.localName === "a" && /^https?:\/\//i.test(href))
    text += ` href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer"`;
  const src = element.getAttribute("src") ?? "";
  if (element.localName === "img" && /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/.test(src))
    text += ` src="${escapeHtml(src)}"`;
  return text;
}
