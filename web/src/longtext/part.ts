import { unfinished } from "../text/decodeText";

/** So much of a long text is shown at once. */
export const partBytes = 128 * 1024;
/** A line that begins so far away is cut where the part begins. */
const mostMargin = 8 * 1024;

/** A part of a file, cut between two lines, or, when they are very long, between two characters. */
export interface Part {
  begin: number;
  end: number;
  bytes: Uint8Array;
}

const newline = 0x0a;

/**
 * Cuts what was read from `begin` on, so that it begins and ends with whole lines. Of a part in the middle, the first byte belongs to what is
 * before it: it says whether a line begins after it.
 */
export function cut(bytes: Uint8Array, begin: number, size: number): Part {
  let first = 0;
  if (begin > 0) {
    const line = bytes.subarray(0, mostMargin).indexOf(newline);
    first = line >= 0 ? line + 1 : 1;
    // Not in the middle of a character.
    while (line < 0 && first < bytes.length && first < 4 && ((bytes[first] as number) & 0xc0) === 0x80) first++;
  }
  let last = bytes.length;
  if (begin + last < size) {
    const line = bytes.lastIndexOf(newline);
    if (line >= first && last - line <= mostMargin) last = line + 1;
    else last -= unfinished(bytes);
  }
  return { begin: begin + first, end: begin + last, bytes: bytes.subarray(first, last) };
}

/** Whether a text has a line that nobody would scroll along. */
export function hasLongLine(text: string): boolean {
  let begin = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", begin)) {
    if (end - begin > 2000) return true;
    begin = end + 1;
  }
  return text.length - begin > 2000;
}
