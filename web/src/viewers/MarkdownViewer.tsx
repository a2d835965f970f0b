import { Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { FileIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { loadTypeset, mayHaveFormulas } from "./formulas";
import { escapeHtml, namedPictures, renderMarkdown, resolvePath } from "./markdown";
import { readPictures } from "./pictures";
import { TextStart } from "./TextStart";
import type { ViewerProps } from "./viewer";
import classes from "./viewers.module.css";

const maxBytes = 512 * 1024;

/** Markdown, or the README of a folder: HTML that is written here, in a frame that runs no scripts. */
export default function MarkdownViewer(file: ViewerProps) {
  return (
    <TextStart file={file} maxBytes={maxBytes}>
      {(text) => <Rendered file={file} text={text} />}
    </TextStart>
  );
}

function Rendered({ file: { dataset, at, entry, name, theme }, text }: { file: ViewerProps; text: string }) {
  const [height, setHeight] = useState(120);
  const watching = useRef<ResizeObserver>();
  const folder = entry.path.slice(0, entry.path.lastIndexOf("/") + 1);
  const query = useQuery({
    queryKey: ["pictures", dataset.id, entry.path, entry.hash ?? dataset.headVersion, at ?? dataset.headVersion],
    queryFn: async () => ({
      typeset: mayHaveFormulas(text) ? await loadTypeset() : undefined,
      pictures: await readPictures(
        dataset.id,
        at,
        namedPictures(text).flatMap((href) => {
          const target = resolvePath(folder, href);
          return target ? [[href, target] as const] : [];
        }),
      ),
    }),
  });
  useEffect(() => () => watching.current?.disconnect(), []);
  if (query.isPending) return <Loading label={`Loading ${name}`} />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={`Could not load ${name}`} onRetry={() => query.refetch()} />;
  const isMarkdown = /\.(md|markdown)$/i.test(name);
  const body = isMarkdown
    ? renderMarkdown(text, query.data.pictures, query.data.typeset)
    : `<pre>${escapeHtml(text)}</pre>`;
  const watch = (frame: HTMLIFrameElement) => {
    const root = frame.contentDocument?.documentElement;
    if (!root) return;
    watching.current?.disconnect();
    watching.current = new ResizeObserver(() => setHeight(Math.ceil(root.getBoundingClientRect().height)));
    watching.current.observe(root);
  };
  return (
    <Paper withBorder radius="md" style={{ overflow: "hidden" }}>
      <Text
        size="sm"
        fw={600}
        px="md"
        py="xs"
        style={{
          borderBottom: "1px solid var(--mantine-color-default-border)",
          display: "flex",
          gap: 8,
          alignItems: "center",
        }}
      >
        <FileIcon size={16} /> <Name>{name}</Name>
      </Text>
      <iframe
        title={name}
        className={classes.markdown}
        style={{ height }}
        // It runs no scripts. With its origin this page can measure it.
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        srcDoc={page(body, theme)}
        referrerPolicy="no-referrer"
        onLoad={(event) => watch(event.currentTarget)}
      />
    </Paper>
  );
}

function page(body: string, scheme: "light" | "dark"): string {
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
</style></head><body>${body}</body></html>`;
}
