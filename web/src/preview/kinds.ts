/** How a file is shown. */
export type PreviewKind = "text" | "image" | "table" | "lines" | "markdown" | "frame" | "none";

const byEnding: Record<string, PreviewKind> = {
  md: "markdown",
  markdown: "markdown",
  csv: "table",
  tsv: "table",
  jsonl: "lines",
  ndjson: "lines",
  png: "image",
  jpg: "image",
  jpeg: "image",
  gif: "image",
  webp: "image",
  avif: "image",
  bmp: "image",
  ico: "image",
  svg: "frame",
  html: "frame",
  htm: "frame",
  xhtml: "frame",
};
const binary = new Set([
  "h5",
  "hdf5",
  "nxs",
  "cbf",
  "mrc",
  "tif",
  "tiff",
  "zip",
  "gz",
  "tar",
  "bz2",
  "xz",
  "zst",
  "7z",
  "pdf",
  "exe",
  "so",
  "npy",
  "npz",
  "mp4",
  "mov",
  "parquet",
  "sqlite",
  "db",
]);

/** How a file is shown, from its name and what was said of it. */
export function previewKind(name: string, contentType: string | undefined | null): PreviewKind {
  const ending = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  const known = byEnding[ending];
  if (known) return known;
  if (binary.has(ending)) return "none";
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(type)) return "image";
  if (type === "image/svg+xml" || type === "text/html") return "frame";
  if (type === "text/csv") return "table";
  return "text";
}
