import { useEffect, useRef, useState } from "react";
import { Frame } from "../components/Frame";
import classes from "./DocumentFrame.module.css";
import { escapeHtml } from "./markdown";

interface Props {
  title: string;
  /** HTML that is written here; of what others wrote only what runs nothing and fetches nothing. */
  body: string;
  theme: "light" | "dark";
  /** More rules of style. */
  style?: string;
}

/** HTML in a frame that runs no scripts, as tall as what is in it. */
export function DocumentFrame({ title, body, theme, style = "" }: Props) {
  const [height, setHeight] = useState(120);
  const watching = useRef<ResizeObserver>();
  useEffect(() => () => watching.current?.disconnect(), []);
  const watch = (frame: HTMLIFrameElement) => {
    const root = frame.contentDocument?.documentElement;
    if (!root) return;
    watching.current?.disconnect();
    watching.current = new ResizeObserver(() => setHeight(Math.ceil(root.getBoundingClientRect().height)));
    watching.current.observe(root);
  };
  return (
    <Frame
      title={title}
      className={classes.frame}
      style={{ height }}
      // It runs no scripts. With its origin this page can measure it.
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      srcDoc={page(body, theme, style)}
      onLoad={(event) => watch(event.currentTarget)}
    />
  );
}

function page(body: string, scheme: "light" | "dark", more: string): string {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  const colours =
    scheme === "dark" ? ["#c9c9c9", "#242424", "#3b3b3b", "#74bac6"] : ["#1f2328", "#ffffff", "#dee2e6", "#066a7c"];
  const [text, ground, line, link] = colours;
  return `<!doctype html><html><head><meta charset="utf-8"><style nonce="${escapeHtml(nonce)}">
:root{color-scheme:${scheme}}
body{margin:0;padding:18px 22px;overflow:hidden;font:15px/1.6 system-ui,sans-serif;color:${text};background:${ground};overflow-wrap:anywhere}
h1,h2{border-bottom:1px solid ${line};padding-bottom:.25em}h1{font-size:1.6em}h2{font-size:1.3em}h1:first-child,h2:first-child{margin-top:0}
a{color:${link}}img{max-width:100%}pre,code{font:13px/1.5 ui-monospace,Menlo,"DejaVu Sans Mono",monospace}
pre{overflow:auto;padding:12px;border:1px solid ${line};border-radius:8px}table{border-collapse:collapse}td,th{border:1px solid ${line};padding:4px 10px}
math{font-size:1.1em}p>span>math[display=block]{overflow-x:auto;overflow-y:hidden}.notes{font-size:13px}
blockquote{margin:0;padding-left:1em;border-left:3px solid ${line}}
${more}</style></head><body>${body}</body></html>`;
}
