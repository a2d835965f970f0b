import { viewer } from "./viewer";

const megabyte = 1024 * 1024;
const images = /\.(png|jpe?g|gif|webp|avif|bmp|ico)$/i;
/** Names of formats that are never text. */
const binaries =
  /\.(h5|hdf5|hdf|nxs|nx5|nexus|cbf|mrcs?|ccp4|nii|tiff?|gtiff?|btf|tf8|eer|npy|npz|parquet|sqlite|db|zip|gz|tar|bz2|xz|zst|7z|pdf|exe|so|mp4|m4v|mov|webm|ogv|avi|mkv|png|jpe?g|gif|webp|avif|bmp|ico)$/i;

/** All viewers. Among equally good matches the first is shown, the others are tabs. How to add one: docs/extending.md. */
export const viewers = [
  viewer({
    title: "Frame",
    shows: [{ name: /^\d{6,9}$/, contentType: /^application\/x-hutch-frame$/ }],
    load: () => import("./FrameFileViewer"),
  }),
  viewer({
    title: "HDF5",
    shows: [{ name: /\.(h5|hdf5|hdf|nxs|nx5|nexus)$/i }, { contentType: /^application\/x-(hdf5|nexus)$/ }],
    load: () => import("./Hdf5FileViewer"),
  }),
  viewer({
    title: "Volume",
    shows: [
      {
        name: /\.(mrcs?|map|ccp4|rec|(pre)?ali|st|tiff?|gtiff?|btf|tf8|eer|npy|nii|nii\.gz|h5|hdf5|hdf|nxs|nx5|nexus)$/i,
      },
      { contentType: /^(image\/tiff|application\/x-(hdf5|nexus|npy|mrc))$/ },
    ],
    load: () => import("./VolumeFileViewer"),
  }),
  viewer({
    title: "Structure",
    shows: [{ name: /\.(pdb|ent|cif|mmcif)$/i }, { contentType: /^chemical\/x-(pdb|cif|mmcif)$/ }],
    maxBytes: 64 * megabyte,
    load: () => import("./MoleculeViewer"),
  }),
  viewer({
    title: "Image",
    shows: [{ name: images }, { contentType: /^image\/(png|jpeg|gif|webp|avif|bmp)$/ }],
    load: () => import("./ImageViewer"),
  }),
  viewer({
    title: "Table",
    shows: [
      { name: /\.(csv|tsv|jsonl|ndjson|parquet)$/i },
      { contentType: /^(text\/csv|application\/(x-ndjson|jsonl|vnd\.apache\.parquet))$/ },
    ],
    load: () => import("./TableViewer"),
  }),
  viewer({
    title: "PDF",
    shows: [{ name: /\.pdf$/i }, { contentType: /^application\/pdf$/ }],
    load: () => import("./PdfViewer"),
  }),
  viewer({
    title: "Video",
    shows: [{ name: /\.(mp4|m4v|mov|webm|ogv)$/i }, { contentType: /^video\/(mp4|webm|ogg)$/ }],
    load: () => import("./VideoViewer"),
  }),
  viewer({
    title: "Notebook",
    shows: [{ name: /\.ipynb$/i }, { contentType: /^application\/x-ipynb\+json$/ }],
    maxBytes: 32 * megabyte,
    load: () => import("./NotebookViewer"),
  }),
  viewer({
    title: "Tree",
    shows: [{ name: /\.(json|geojson|ipynb|ya?ml)$/i }, { contentType: /^application\/((.+\+)?json|(x-)?yaml)$/ }],
    maxBytes: 8 * megabyte,
    load: () => import("./TreeViewer"),
  }),
  viewer({
    title: "Markdown",
    shows: [{ name: /\.(md|markdown)$/i }, { contentType: /^text\/markdown$/ }],
    load: () => import("./MarkdownViewer"),
  }),
  viewer({
    title: "Page",
    shows: [{ name: /\.(html?|xhtml|svg)$/i }, { contentType: /^(text\/html|image\/svg\+xml)$/ }],
    load: () => import("./PageViewer"),
  }),
  viewer({ title: "Text", shows: [{}], except: binaries, load: () => import("./TextViewer") }),
  viewer({ title: "Hex", shows: [{}], load: () => import("./HexViewer") }),
];
