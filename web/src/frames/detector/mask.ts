import { readNumpy } from "../decode/numpy";

/** Which pixels do not count, and why. */
export interface Mask {
  /** For each pixel a place in `values`; 0 for one that counts. */
  codes: Uint8Array;
  /** The values of the mask: the first is 0. Those beyond the 255th different one share its place. */
  values: number[];
}

const reasons: [bit: number, reason: string][] = [
  [0, "gap between modules"],
  [1, "dead pixel"],
  [2, "responds too weakly"],
  [3, "responds too strongly"],
  [4, "noisy pixel"],
  [6, "in a cluster of bad pixels"],
  [8, "masked by a user"],
  [31, "virtual pixel"],
];

/** Why NeXus says that a pixel does not count (NXdetector, pixel_mask). */
export function reasonOf(value: number): string {
  const known = reasons.filter(([bit]) => ((value >>> bit) & 1) === 1).map(([, reason]) => reason);
  return known.length > 0 ? known.join(", ") : `masked (value ${value})`;
}

/** Reads the mask of a detector. */
export function readMask(file: Uint8Array, columns: number, rows: number): Mask {
  const { shape, values } = readNumpy(file);
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== columns)
    throw new Error(`It has the shape ${shape.join(" × ")}; frames have ${rows} × ${columns} pixels.`);
  const codes = new Uint8Array(values.length);
  const found = new Map([[0, 0]]);
  let before = 0;
  let code = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value !== before) {
      before = value;
      code = found.get(value) ?? 255;
      if (code === 255 && found.size < 255) {
        code = found.size;
        found.set(value, code);
      }
    }
    codes[i] = code;
  }
  return { codes, values: [...found.keys()] };
}
