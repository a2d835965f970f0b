import { viewers as t } from "../messages/en";
import { viewer } from "./viewer";

const megabyte = 1024 * 1024;
const images = /\.(png|jpe?g|gif|webp|avif|bmp|ico)$/i;
/** Names of formats that are never text. */
const binaries =
  /\.(h5|hdf5|hdf|nxs|nx5|nexus|cbf|mrcs?|ccp4|nii|tiff?|gtiff?|btf|tf8|eer|npy|npz|edf|img|sfrm|gfrm|mar\d{4}|parquet|sqlite|db|zip|gz|tar|bz2|xz|zst|7z|pdf|exe|so|mp4|m4v|mov|webm|ogv|avi|mkv|png|jpe?g|gif|webp|avif|bmp|ico)$/i;

/** All viewers. Among equally good matches the first is shown, the others are tabs. How to add one: docs/extending.md. */
export const viewers = [
  viewer({
    name: "frame",
    title: t.frame,
    shows: [{ name: /^\d{6,9}$/, contentType: /^application\/x-hutch-frame$/ }],
    load: () => import("./FrameFileViewer"),
  }),
  viewer({
    name: "hdf5",
    title: "HDF5",
    shows: [{ name: /\.(h5|hdf5|hdf|nxs|nx5|nexus)$/i }, { contentType: /^application\/x-(hdf5|nexus)$/ }],
    load: () => import("./Hdf5FileViewer"),
  }),
  viewer({
    name: "volume",
    title: t.volume,
    shows: [
      {
        name: /\.(mrcs?|map|ccp4|rec|(pre)?ali|st|tiff?|gtiff?|btf|tf8|eer|npy|nii|nii\.gz|h5|hdf5|hdf|nxs|nx5|nexus|edf|img|sfrm|gfrm|mar\d{4})$/i,
      },
      { contentType: /^(image\/tiff|application\/x-(hdf5|nexus|npy|mrc))$/ },
    ],
    load: () => import("./VolumeFileViewer"),
  }),
  viewer({
    name: "structure",
    title: t.structure,
    shows: [{ name: /\.(pdb|ent|cif|mmcif)$/i }, { contentType: /^chemical\/x-(pdb|cif|mmcif)$/ }],
    maxBytes: 64 * megabyte,
    load: () => import("./MoleculeViewer"),
  }),
  viewer({
    name: "image",
    title: t.image,
    shows: [{ name: images }, { contentType: /^image\/(png|jpeg|gif|webp|avif|bmp)$/ }],
    load: () => import("./ImageViewer"),
  }),
  viewer({
    name: "table",
    title: t.table,
    shows: [
      { name: /\.(csv|tsv|dat|xye?|chi|xdi|spec?|star|cs|jsonl|ndjson|parquet)$/i },
      { contentType: /^(text\/csv|application\/(x-ndjson|jsonl|vnd\.apache\.parquet))$/ },
    ],
    load: () => import("./TableViewer"),
  }),
  viewer({
    name: "pdf",
    title: "PDF",
    shows: [{ name: /\.pdf$/i }, { contentType: /^application\/pdf$/ }],
    load: () => import("./PdfViewer"),
  }),
  viewer({
    name: "video",
    title: t.video,
    shows: [{ name: /\.(mp4|m4v|mov|webm|ogv)$/i }, { contentType: /^video\/(mp4|webm|ogg)$/ }],
    load: () => import("./VideoViewer"),
  }),
  viewer({
    name: "notebook",
    title: t.notebook,
    shows: [{ name: /\.ipynb$/i }, { contentType: /^application\/x-ipynb\+json$/ }],
    maxBytes: 32 * megabyte,
    load: () => import("./NotebookViewer"),
  }),
  viewer({
    name: "tree",
    title: t.tree,
    shows: [{ name: /\.(json|geojson|ipynb|ya?ml)$/i }, { contentType: /^application\/((.+\+)?json|(x-)?yaml)$/ }],
    maxBytes: 8 * megabyte,
    load: () => import("./TreeViewer"),
  }),
  viewer({
    name: "markdown",
    title: t.markdown,
    shows: [{ name: /\.(md|markdown)$/i }, { contentType: /^text\/markdown$/ }],
    load: () => import("./MarkdownViewer"),
  }),
  viewer({
    name: "page",
    title: t.page,
    shows: [{ name: /\.(html?|xhtml|svg)$/i }, { contentType: /^(text\/html|image\/svg\+xml)$/ }],
    load: () => import("./PageViewer"),
  }),
  viewer({ name: "text", title: t.text, shows: [{}], except: binaries, load: () => import("./TextViewer") }),
  viewer({ name: "hex", title: t.hex, shows: [{}], load: () => import("./HexViewer") }),
];
