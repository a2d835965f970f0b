/** Where a format has bytes by which it is known, as text of one character a byte. */
const signs: [begin: number, text: string, what: string][] = [
  [0, "\x89HDF\r\n\x1a\n", "HDF5 file"],
  [0, "CDF\x01", "NetCDF file"],
  [0, "CDF\x02", "NetCDF file"],
  [0, "\x93NUMPY", "NumPy array"],
  [0, "PAR1", "Parquet table"],
  [0, "SQLite format 3\0", "SQLite database"],
  [0, "###CBF", "CBF frame"],
  [0, "SIMPLE  =", "FITS file"],
  [128, "DICM", "DICOM file"],
  [208, "MAP ", "MRC map"],
  [344, "n+1\0", "NIfTI volume"],
  [4, "n+2\0", "NIfTI volume"],
  [0, "II*\0", "TIFF image"],
  [0, "MM\0*", "TIFF image"],
  [0, "II+\0", "BigTIFF image, such as an EER movie"],
  [0, "MM\0+", "BigTIFF image"],
  [0, "\x89PNG", "PNG image"],
  [0, "\xff\xd8\xff", "JPEG image"],
  [0, "GIF8", "GIF image"],
  [0, "%PDF-", "PDF document"],
  [4, "ftyp", "MP4 or QuickTime video"],
  [0, "\x1aE\xdf\xa3", "WebM or Matroska video"],
  [0, "RIFF", "RIFF file, such as AVI, WAV or WebP"],
  [0, "OggS", "Ogg file"],
  [0, "PK\x03\x04", "ZIP container (archive or office document)"],
  [0, "\x1f\x8b", "file packed by gzip"],
  [0, "BZh", "file packed by bzip2"],
  [0, "\xfd7zXZ\0", "file packed by xz"],
  [0, "\x28\xb5\x2f\xfd", "file packed by Zstandard"],
  [0, "7z\xbc\xaf\x27\x1c", "7-Zip archive"],
  [257, "ustar", "TAR archive"],
  [0, "\x7fELF", "program for Linux"],
  [0, "MZ", "program for Windows"],
];

/** What a file is by its first bytes; undefined if they say nothing. */
export function kindByBytes(bytes: Uint8Array): string | undefined {
  const has = (begin: number, text: string) =>
    bytes.length >= begin + text.length && [...text].every((sign, at) => bytes[begin + at] === sign.charCodeAt(0));
  return signs.find(([begin, text]) => has(begin, text))?.[2];
}
