const light = {
  ground: "#f6f8fa",
  dimmed: "#565d65",
  keyword: "#8a2a9e",
  name: "#155a9b",
  attribute: "#8f2d06",
  string: "#1b5e2a",
  number: "#066a7c",
  deletion: "#a61e1e",
  error: "#fff0f0",
};
const dark = {
  ground: "#1c1c1c",
  dimmed: "#a9aeb4",
  keyword: "#e599f7",
  name: "#74c0fc",
  attribute: "#ffc078",
  string: "#8ce99a",
  number: "#66d9e8",
  deletion: "#ffa8a8",
  error: "#3b2020",
};

/** Rules of style for notebooks; the colours of code are those of the page. */
export function notebookStyle(theme: "light" | "dark"): string {
  const colours = theme === "dark" ? dark : light;
  const parts = (["keyword", "name", "attribute", "string", "number", "deletion"] as const)
    .map((kind) => `.${kind}{color:${colours[kind]}}`)
    .join("");
  return `${parts}.comment{color:${colours.dimmed};font-style:italic}
section{margin:0 0 14px}.words{overflow:auto}
.code{position:relative;padding-left:52px}.count{position:absolute;left:0;top:13px;width:46px;text-align:right;color:${colours.dimmed};font:12px ui-monospace,monospace}
.code>pre{margin:0;background:${colours.ground}}pre{white-space:pre-wrap}
.outputs{padding:8px 0 0 2px;overflow-x:auto}.outputs pre{margin:0 0 8px;padding:4px 12px;border:0}.outputs .error{background:${colours.error}}
.outputs img{display:block;margin:4px 0 8px;background:#fff}.note{color:${colours.dimmed};font-size:13px}
.html table{font-size:13px}th{text-align:left}
@media(max-width:600px){.code{padding-left:0}.count{position:static;width:auto;text-align:left;padding-bottom:2px}}
`;
}
