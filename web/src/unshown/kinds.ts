import { unshown as t } from "../messages/en";

interface Kind {
  /** In the plural. */
  what: string;
  /** What opens it. */
  how: string;
}

const kinds: [RegExp, Kind][] = [
  [/\.cbf$/i, { what: t.cbfFiles, how: t.cbfOpener }],
  [/\.npz$/i, { what: t.npzFiles, how: t.npzOpener }],
  [/\.mat$/i, { what: t.matlabFiles, how: t.matlabOpener }],
  [/\.(pkl|pickle)$/i, { what: t.pickleFiles, how: t.pickleOpener }],
  [/\.(dm3|dm4|ser|emd|eer|tvips)$/i, { what: t.microscopyFiles, how: t.microscopyOpener }],
  [/\.(fits?|fts)$/i, { what: t.fitsFiles, how: t.fitsOpener }],
  [/\.(dcm|dicom)$/i, { what: t.dicomFiles, how: t.dicomOpener }],
  [/\.(nc|cdf)$/i, { what: t.netcdfFiles, how: t.netcdfOpener }],
  [/\.mtz$/i, { what: t.mtzFiles, how: t.mtzOpener }],
  [/\.root$/i, { what: t.rootFiles, how: t.rootOpener }],
  [/\.(sqlite3?|db)$/i, { what: t.sqliteFiles, how: t.sqliteOpener }],
  [/\.(docx?|xlsx?|pptx?|od[tsp]|rtf)$/i, { what: t.officeFiles, how: t.officeOpener }],
  [/\.(tar\.\w+|t[gx]z|tar)$/i, { what: t.tarFiles, how: t.tarOpener }],
  [/\.zip$/i, { what: t.zipFiles, how: t.zipOpener }],
  [/\.(gz|bz2|xz|zst|7z|rar)$/i, { what: t.packedFiles, how: t.packedOpener }],
  [/\.(avi|mkv|wmv|flv|mpe?g)$/i, { what: t.videoFiles, how: t.videoOpener }],
  [/\.(heic|heif|jxl|psd|xcf|raw|cr2|nef|arw|dng|eps)$/i, { what: t.photoFiles, how: t.photoOpener }],
  [/\.(exe|dll|so|bin|msi|deb|rpm|whl|pyc|o|a)$/i, { what: t.programFiles, how: t.programOpener }],
];

const kindOf = (name: string) => kinds.find(([pattern]) => pattern.test(name))?.[1];

/** What opens a file. */
export function howToOpen(name: string): string {
  return [t.downloadToOpen, kindOf(name)?.how].filter(Boolean).join(" ");
}

/** Says plainly that there is no preview of a kind of file, and what opens it. */
export function noPreview(name: string): string {
  return `${t.noPreviewOf(kindOf(name)?.what ?? t.thisKindOfFile)} ${howToOpen(name)}`;
}
