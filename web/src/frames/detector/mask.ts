import { frames as t } from "../../messages/en";
import { readNumpy } from "../decode/numpy";

/** Which pixels do not count, and why. */
export interface Mask {
  /** For each pixel a place in `values`; 0 for one that counts. */
  codes: Uint8Array;
  /** The values of the mask: the first is 0. Those beyond the 255th different one share its place. */
  values: number[];
}

const reasons: [bit: number, reason: string][] = [
  [0, t.gapBetweenModules],
  [1, t.deadPixel],
  [2, t.respondsTooWeakly],
  [3, t.respondsTooStrongly],
  [4, t.noisyPixel],
  [6, t.inAClusterOfBadPixels],
  [8, t.maskedByAUser],
  [31, t.virtualPixel],
];

/** Why NeXus says that a pixel does not count (NXdetector, pixel_mask). */
export function reasonOf(value: number): string {
  const known = reasons.filter(([bit]) => ((value >>> bit) & 1) === 1).map(([, reason]) => reason);
  return known.length > 0 ? known.join(", ") : t.maskedValue(value);
}

/** Reads the mask of a detector. */
export function readMask(file: Uint8Array, columns: number, rows: number): Mask {
  const { shape, values } = readNumpy(file);
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== columns)
    throw new Error(t.theMaskHasAnotherShape(shape.join(" × "), rows, columns));
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
