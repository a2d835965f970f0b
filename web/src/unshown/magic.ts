/** Where a format has bytes by which it is known, as text of one character a byte. */
const signs: [begin: number, text: string, what: string][] = [
  [0, "\x89HDF\r\n\x1a\n", "an HDF5 file"],
  [0, "CDF\x01", "a NetCDF file"],
  [0, "CDF\x02", "a NetCDF file"],
  [0, "\x93NUMPY", "a NumPy array"],
  [0, "PAR1", "a Parquet table"],
  [0, "SQLite format 3\0", "an SQLite database"],
  [0, "###CBF", "a CBF frame"],
  [0, "SIMPLE  =", "a FITS file"],
  [128, "DICM", "a DICOM file"],
  [208, "MAP ", "an MRC map"],
  [344, "n+1\0", "a NIfTI volume"],
  [4, "n+2\0", "a NIfTI volume"],
  [0, "II*\0", "a TIFF image"],
  [0, "MM\0*", "a TIFF image"],
  [0, "II+\0", "a BigTIFF image, such as an EER movie"],
  [0, "MM\0+", "a BigTIFF image"],
  [0, "\x89PNG", "a PNG image"],
  [0, "\xff\xd8\xff", "a JPEG image"],
  [0, "GIF8", "a GIF image"],
  [0, "%PDF-", "a PDF document"],
  [4, "ftyp", "an MP4 or QuickTime video"],
  [0, "\x1aE\xdf\xa3", "a WebM or Matroska video"],
  [0, "RIFF", "a RIFF file, such as AVI, WAV or WebP"],
  [0, "OggS", "an Ogg file"],
  [0, "PK\x03\x04", "a ZIP archive, which office documents are as well"],
  [0, "\x1f\x8b", "a file packed by gzip"],
  [0, "BZh", "a file packed by bzip2"],
  [0, "\xfd7zXZ\0", "a file packed by xz"],
  [0, "\x28\xb5\x2f\xfd", "a file packed by Zstandard"],
  [0, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
  [257, "ustar", "a TAR archive"],
  [0, "\x7fELF", "a program for Linux"],
  [0, "MZ", "a program for Windows"],
];

/** What a file is by its first bytes; undefined if they say nothing. */
export function kindByBytes(bytes: Uint8Array): string | undefined {
  const has = (begin: number, text: string) =>
    bytes.length >= begin + text.length && [...text].every((sign, at) => bytes[begin + at] === sign.charCodeAt(0));
  return signs.find(([begin, text]) => has(begin, text))?.[2];
}
