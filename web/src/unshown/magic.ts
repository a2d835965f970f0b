import { unshown as t } from "../messages/en";

/** Where a format has bytes by which it is known, as text of one character a byte. */
const signs: [begin: number, text: string, what: string][] = [
  [0, "\x89HDF\r\n\x1a\n", t.hdf5File],
  [0, "CDF\x01", t.netcdfFile],
  [0, "CDF\x02", t.netcdfFile],
  [0, "\x93NUMPY", t.numpyArray],
  [0, "PAR1", t.parquetTable],
  [0, "SQLite format 3\0", t.sqliteDatabase],
  [0, "###CBF", t.cbfFrame],
  [0, "SIMPLE  =", t.fitsFile],
  [128, "DICM", t.dicomFile],
  [208, "MAP ", t.mrcMap],
  [344, "n+1\0", t.niftiVolume],
  [4, "n+2\0", t.niftiVolume],
  [0, "II*\0", t.tiffImage],
  [0, "MM\0*", t.tiffImage],
  [0, "II+\0", t.bigtiffImageSuchAsAnEerMovie],
  [0, "MM\0+", t.bigtiffImage],
  [0, "\x89PNG", t.pngImage],
  [0, "\xff\xd8\xff", t.jpegImage],
  [0, "GIF8", t.gifImage],
  [0, "%PDF-", t.pdfDocument],
  [4, "ftyp", t.mp4OrQuicktimeVideo],
  [0, "\x1aE\xdf\xa3", t.webmOrMatroskaVideo],
  [0, "RIFF", t.riffFileSuchAsAviWavOrWebp],
  [0, "OggS", t.oggFile],
  [0, "PK\x03\x04", t.zipContainerArchiveOrOfficeDocument],
  [0, "\x1f\x8b", t.filePackedByGzip],
  [0, "BZh", t.filePackedByBzip2],
  [0, "\xfd7zXZ\0", t.filePackedByXz],
  [0, "\x28\xb5\x2f\xfd", t.filePackedByZstandard],
  [0, "7z\xbc\xaf\x27\x1c", t.sevenZipArchive],
  [257, "ustar", t.tarArchive],
  [0, "\x7fELF", t.programForLinux],
  [0, "MZ", t.programForWindows],
];

/** What a file is by its first bytes; undefined if they say nothing. */
export function kindByBytes(bytes: Uint8Array): string | undefined {
  const has = (begin: number, text: string) =>
    bytes.length >= begin + text.length && [...text].every((sign, at) => bytes[begin + at] === sign.charCodeAt(0));
  return signs.find(([begin, text]) => has(begin, text))?.[2];
}
