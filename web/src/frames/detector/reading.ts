import { frames as t } from "../../messages/en";
import type { Picture } from "../decode/picture";
import { numberOf } from "../decode/pixels";
import { isSum } from "../decode/together";
import type { Header } from "./header";
import { type Mask, reasonOf } from "./mask";

/** What a pixel of a frame says. */
export interface PixelReading {
  /** Its number if it counts; else it is read as unsigned. */
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
  const raw = picture.at(Math.floor(column / picture.bin), Math.floor(row / picture.bin));
  if (raw === undefined) return undefined;
  const value = numberOf(raw, picture.size, header.smallest);
  const hasData = value >= header.smallest && value <= header.largest;
  const isSaturated = hasData && value > header.trusted;
  const isNegative = header.isSigned && value > header.largest;
  const text = isSum(header) && isSaturated ? "saturated" : String(isNegative ? value - 2 ** (8 * header.size) : value);
  const code = picture.bin === 1 ? (mask?.codes[row * header.columns + column] ?? 0) : 0;
  const masked = code === 0 ? undefined : reasonOf(mask?.values[code] ?? 0);
  return {
    value,
    text,
    reason: masked ?? (hasData ? undefined : t.noData),
    isSaturated,
  };
}
