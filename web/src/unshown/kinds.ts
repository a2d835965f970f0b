interface Kind {
  /** In the plural. */
  what: string;
  /** What opens it. */
  how: string;
}

const kinds: [RegExp, Kind][] = [
  [/\.cbf$/i, { what: "CBF frames", how: "dials.image_viewer, adxv or ALBULA open them, and fabio in Python." }],
  [/\.npz$/i, { what: "archives of NumPy arrays", how: "In Python, numpy.load opens them." }],
  [
    /\.mat$/i,
    { what: "MATLAB files", how: "MATLAB opens them; in Python, scipy.io.loadmat, or h5py from version 7.3 on." },
  ],
  [
    /\.(pkl|pickle)$/i,
    { what: "pickles of Python", how: "Loading one runs what it says: open only those that you trust." },
  ],
  [
    /\.(edf|dm3|dm4|ser|emd|eer|tvips)$/i,
    { what: "such images", how: "Fiji or HyperSpy open them, and fabio opens EDF." },
  ],
  [/\.(fits?|fts)$/i, { what: "FITS files", how: "DS9 opens them, and astropy.io.fits in Python." }],
  [/\.(dcm|dicom)$/i, { what: "DICOM files", how: "3D Slicer or Weasis open them, and pydicom in Python." }],
  [/\.(nc|cdf)$/i, { what: "NetCDF files", how: "ncdump lists what is in them; in Python, xarray opens them." }],
  [/\.mtz$/i, { what: "MTZ files", how: "viewhkl of CCP4 opens them, and gemmi in Python." }],
  [/\.root$/i, { what: "ROOT files", how: "ROOT opens them, and uproot in Python." }],
  [/\.(sqlite3?|db)$/i, { what: "SQLite databases", how: "The command sqlite3 opens them." }],
  [
    /\.(docx?|xlsx?|pptx?|od[tsp]|rtf)$/i,
    { what: "office documents", how: "LibreOffice or Microsoft Office open them." },
  ],
  [/\.(tar\.\w+|t[gx]z|tar)$/i, { what: "archives", how: "tar xf unpacks them." }],
  [/\.zip$/i, { what: "archives", how: "unzip unpacks them." }],
  [
    /\.(gz|bz2|xz|zst|7z|rar)$/i,
    { what: "packed files", how: "gunzip, bunzip2, unxz, unzstd or 7z unpack them, by their name." },
  ],
  [/\.(avi|mkv|wmv|flv|mpe?g)$/i, { what: "such videos", how: "VLC plays them, and ffmpeg turns them into MP4." }],
  [
    /\.(heic|heif|jxl|psd|xcf|raw|cr2|nef|arw|dng|eps)$/i,
    { what: "such images", how: "GIMP, darktable or ImageMagick open them." },
  ],
  [/\.(exe|dll|so|bin|msi|deb|rpm|whl|pyc|o|a)$/i, { what: "programs", how: "Run only what you trust." }],
];

const kindOf = (name: string) => kinds.find(([pattern]) => pattern.test(name))?.[1];

/** What opens a file. */
export function howToOpen(name: string): string {
  return `Download the file to open it in another program. ${kindOf(name)?.how ?? ""}`.trim();
}

/** Says plainly that there is no preview of a kind of file, and what opens it. */
export function noPreview(name: string): string {
  return `The portal has no preview of ${kindOf(name)?.what ?? "this kind of file"}. ${howToOpen(name)}`;
}
