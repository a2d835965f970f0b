import type { RootContent } from "hast";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cmake from "highlight.js/lib/languages/cmake";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import fortran from "highlight.js/lib/languages/fortran";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import julia from "highlight.js/lib/languages/julia";
import latex from "highlight.js/lib/languages/latex";
import lua from "highlight.js/lib/languages/lua";
import makefile from "highlight.js/lib/languages/makefile";
import markdown from "highlight.js/lib/languages/markdown";
import matlab from "highlight.js/lib/languages/matlab";
import perl from "highlight.js/lib/languages/perl";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import tcl from "highlight.js/lib/languages/tcl";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";
import type { Token } from "./tokens";

const grammars = {
  bash,
  c,
  cmake,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  fortran,
  go,
  ini,
  java,
  javascript,
  json,
  julia,
  latex,
  lua,
  makefile,
  markdown,
  matlab,
  perl,
  python,
  r,
  ruby,
  rust,
  sql,
  tcl,
  typescript,
  xml,
  yaml,
};
const lowlight = createLowlight(grammars);

/** The parts of a text in a language; the whole of it, if nothing is known about the language. */
export function highlight(text: string, language: string): Token[] {
  if (!lowlight.registered(language)) return [[text]];
  const tokens: Token[] = [];
  const add = (nodes: RootContent[], kind: string | undefined) => {
    for (const node of nodes) {
      if (node.type === "text") tokens.push(kind ? [node.value, kind] : [node.value]);
      else if (node.type === "element") add(node.children as RootContent[], kindOf(node.properties.className) ?? kind);
    }
  };
  add(lowlight.highlight(language, text).children, undefined);
  return tokens;
}

/** `keyword` of the class `hljs-keyword`. */
function kindOf(names: unknown): string | undefined {
  const [first] = Array.isArray(names) ? names : [];
  return typeof first === "string" && first.startsWith("hljs-") ? first.slice("hljs-".length) : undefined;
}
