/** Finds bytes in bytes; letters of ASCII match in both capitals, as everything else matches itself. */
export class Needle {
  readonly #bytes: Uint8Array;

  constructor(text: string) {
    this.#bytes = Uint8Array.from(new TextEncoder().encode(text), lower);
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Where it begins first, or last; -1 if nowhere. */
  findIn(bytes: Uint8Array, isLast: boolean): number {
    const end = bytes.length - this.length;
    if (isLast) {
      for (let at = end; at >= 0; at--) if (this.#isAt(bytes, at)) return at;
    } else {
      for (let at = 0; at <= end; at++) if (this.#isAt(bytes, at)) return at;
    }
    return -1;
  }

  #isAt(bytes: Uint8Array, begin: number): boolean {
    for (let at = 0; at < this.#bytes.length; at++)
      if (lower(bytes[begin + at] as number) !== this.#bytes[at]) return false;
    return true;
  }
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** Reads a range of a file; shorter at its end. */
export type Read = (begin: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;

const partBytes = 2 * 1024 * 1024;

/**
 * Looks for a text in a file by ranges: forwards for what begins at `from` or later, or backwards for what ends there or before. Returns
 * where it begins; undefined if it is not there.
 */
export async function findInFile(
  read: Read,
  size: number,
  needle: Needle,
  { from, isBackwards }: { from: number; isBackwards: boolean },
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<number | undefined> {
  const overlap = needle.length - 1;
  const way = isBackwards ? from : size - from;
  for (let done = 0; done < way; done += partBytes) {
    const length = Math.min(partBytes, way - done);
    // A part reaches into the one after it, so that nothing is missed between two.
    const begin = isBackwards ? from - done - length : from + done;
    const reach = isBackwards && done === 0 ? 0 : overlap;
    const bytes = await read(begin, length + reach, signal);
    const found = needle.findIn(bytes, isBackwards);
    if (found >= 0) return begin + found;
    onProgress(Math.min(1, (done + length) / way));
  }
  return undefined;
}
