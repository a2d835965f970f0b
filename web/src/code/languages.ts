const byEnding: Record<string, string> = {
  py: "python",
  pyi: "python",
  ipy: "python",
  sh: "bash",
  bash: "bash",
  zsh: "bash",
  c: "c",
  h: "cpp",
  cc: "cpp",
  cpp: "cpp",
  cxx: "cpp",
  hpp: "cpp",
  cu: "cpp",
  cs: "csharp",
  css: "css",
  diff: "diff",
  patch: "diff",
  f: "fortran",
  f90: "fortran",
  f95: "fortran",
  f03: "fortran",
  for: "fortran",
  go: "go",
  ini: "ini",
  cfg: "ini",
  conf: "ini",
  toml: "ini",
  phil: "ini",
  java: "java",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "javascript",
  json: "json",
  geojson: "json",
  jl: "julia",
  tex: "latex",
  bib: "latex",
  lua: "lua",
  m: "matlab",
  mk: "makefile",
  pl: "perl",
  pm: "perl",
  r: "r",
  rb: "ruby",
  rs: "rust",
  sql: "sql",
  tcl: "tcl",
  ts: "typescript",
  tsx: "typescript",
  xml: "xml",
  html: "xml",
  htm: "xml",
  xhtml: "xml",
  svg: "xml",
  md: "markdown",
  yaml: "yaml",
  yml: "yaml",
  cmake: "cmake",
};
const byName: Record<string, string> = {
  makefile: "makefile",
  gnumakefile: "makefile",
  dockerfile: "dockerfile",
  snakefile: "python",
  "cmakelists.txt": "cmake",
  ".bashrc": "bash",
  ".gitconfig": "ini",
  ".gitmodules": "ini",
};
const byProgram: [RegExp, string][] = [
  [/^#!.*\bpython/, "python"],
  [/^#!.*\b(ba|da|z|k)?sh\b/, "bash"],
  [/^#!.*\bperl/, "perl"],
  [/^#!.*\bRscript/, "r"],
  [/^#!.*\bruby/, "ruby"],
  [/^#!.*\bnode/, "javascript"],
];

/** The language of a file, by its name or by the program that its first line names; undefined for other texts. */
export function languageOf(name: string, text = ""): string | undefined {
  const lower = name.toLowerCase();
  const ending = lower.includes(".") ? lower.slice(lower.lastIndexOf(".") + 1) : "";
  return (
    byName[lower] ??
    byEnding[ending] ??
    byProgram.find(([pattern]) => pattern.test(text.slice(0, 200)))?.[1] ??
    undefined
  );
}

/** The language that a notebook names. */
export function languageNamed(name: string): string {
  const lower = name.toLowerCase();
  return byEnding[lower] ?? lower.replace(/\d+$/, "");
}
