const sampleBytes = 8192;

const strict = new TextDecoder("utf-8", { fatal: true });
const lenient = new TextDecoder("utf-8");
const windows = new TextDecoder("windows-1252");

export type WideEncoding = "utf-16le" | "utf-16be";

/** Decodes the start of a file as text; undefined if it is binary. */
export function decodeText(bytes: Uint8Array, isCut: boolean): string | undefined {
  const wide = wideEncoding(bytes);
  if (wide) {
    const text = new TextDecoder(wide).decode(bytes, { stream: isCut });
    return text.slice(0, sampleBytes).includes("\0") ? undefined : text;
  }
  if (bytes.subarray(0, sampleBytes).includes(0)) return undefined;
  return decodeBytes(isCut ? bytes.subarray(0, bytes.length - unfinished(bytes)) : bytes);
}

/** The encoding of a text in units of two bytes, by its mark, or by its zeros if it is mostly of Latin letters; undefined for others. */
export function wideEncoding(bytes: Uint8Array): WideEncoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, sampleBytes);
  const zeros: [number, number] = [0, 0];
  for (let at = 0; at < sample.length; at++) if (sample[at] === 0) zeros[at & 1 ? 1 : 0]++;
  const most = sample.length / 2;
  const isText = (few: number, many: number) => sample.length >= 8 && few === 0 && many > 0.7 * most;
  return isText(zeros[0], zeros[1]) ? "utf-16le" : isText(zeros[1], zeros[0]) ? "utf-16be" : undefined;
}

/** Decodes UTF-8; bytes that are none are Windows-1252, in which old programs write µ, ° and Å. */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    // Some byte is none of UTF-8.
  }
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    let end = at;
    for (let length = 1; length > 0 && end < bytes.length; end += length) length = lengthAt(bytes, end);
    text += lenient.decode(bytes.subarray(at, end));
    at = end;
    while (end < bytes.length && lengthAt(bytes, end) === 0) end++;
    text += windows.decode(bytes.subarray(at, end));
    at = end;
  }
  return text;
}

/** How many bytes the character has that begins there; 0 if these are no UTF-8. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const [first, second] = [bytes[at] as number, bytes[at + 1] ?? 0];
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  // Too long a form, halves of pairs, and numbers past the last character.
  const isWrong =
    (first === 0xe0 && second < 0xa0) ||
    (first === 0xed && second > 0x9f) ||
    (first === 0xf0 && second < 0x90) ||
    (first === 0xf4 && second > 0x8f);
  return isWrong ? 0 : length;
}

/** How many bytes at the end belong to a character that is not complete. */
export function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}
