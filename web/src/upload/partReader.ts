/**
 * Reads a file in parts, one after the other, where the browser can into the same memory again and again: pieces that are dropped would
 * gather until they are collected, and a file may be larger than the memory.
 */
export class PartReader {
  readonly #reader: ReadableStreamBYOBReader | undefined;
  #memory: ArrayBuffer;
  #at: number;

  constructor(
    readonly file: Blob,
    begin: number,
    readonly partBytes: number,
  ) {
    this.#at = begin;
    this.#memory = new ArrayBuffer(partBytes);
    this.#reader = readInto(file.slice(begin));
  }

  /** The next part, in memory that the next call takes again; empty at the end. */
  async next(): Promise<Uint8Array<ArrayBuffer>> {
    const length = Math.min(this.partBytes, this.file.size - this.#at);
    const begin = this.#at;
    this.#at += length;
    if (!this.#reader) return new Uint8Array(await this.file.slice(begin, begin + length).arrayBuffer());
    // A stream that is open does not see that its file changed; whoever asks anew is told so.
    await this.file.slice(begin, begin + 1).arrayBuffer();
    for (let filled = 0; filled < length; ) {
      const { value } = await this.#reader.read(new Uint8Array(this.#memory, filled, length - filled));
      if (!value || value.byteLength === 0) throw new DOMException("The file is shorter now.", "NotReadableError");
      this.#memory = value.buffer;
      filled += value.byteLength;
    }
    return new Uint8Array(this.#memory, 0, length);
  }

  /** Lets the file go. */
  close(): void {
    this.#reader?.cancel().catch(() => undefined);
  }
}

/** A reader that fills memory it is given; undefined where the browser has none for files. */
function readInto(file: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return file.stream().getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}
