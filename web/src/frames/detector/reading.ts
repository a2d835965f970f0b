import type { Picture } from "../decode/picture";
import { sumOfSaturated } from "../decode/together";
import type { Header } from "./header";
import { type Mask, reasonOf } from "./mask";

/** What a pixel of a frame says. */
export interface PixelReading {
  /** Read as unsigned. */
  value: number;
  /** As people read it: negative where the type has a sign. */
  text: string;
  /** Why it does not count; undefined if it does. */
  reason: string | undefined;
  /** Above what is trusted. */
  isSaturated: boolean;
}

/** What the pixel at a column and row says; undefined outside of the frame. */
export function describePixel(
  picture: Picture,
  header: Header,
  mask: Mask | undefined,
  column: number,
  row: number,
): PixelReading | undefined {
  if (column < 0 || row < 0 || column >= header.columns || row >= header.rows) return undefined;
  const value = picture.at(Math.floor(column / picture.bin), Math.floor(row / picture.bin));
  if (value === undefined) return undefined;
  const isSaturated = value <= header.largest && value > header.trusted;
  const isSum = header.trusted === sumOfSaturated - 1;
  const text =
    isSum && isSaturated
      ? "saturated"
      : String(header.isSigned && value > header.largest ? value - 2 ** (8 * header.size) : value);
  const code = picture.bin === 1 ? (mask?.codes[row * header.columns + column] ?? 0) : 0;
  const masked = code === 0 ? undefined : reasonOf(mask?.values[code] ?? 0);
  return {
    value,
    text,
    reason: masked ?? (value > header.largest ? "no data" : undefined),
    isSaturated,
  };
}
