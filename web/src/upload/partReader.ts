import { upload as t } from "../messages/en";

/**
 * Reads a file part by part, where the browser can (BYOB) into one reused buffer: fresh buffers would pile up until the next garbage
 * collection, and a file may be larger than the memory.
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

  /** The next part, in a buffer that the next call reuses; empty at the end. */
  async next(): Promise<Uint8Array<ArrayBuffer>> {
    const length = Math.min(this.partBytes, this.file.size - this.#at);
    const begin = this.#at;
    this.#at += length;
    if (!this.#reader) return new Uint8Array(await this.file.slice(begin, begin + length).arrayBuffer());
    // An open stream does not notice that its file changed; a new read fails.
    await this.file.slice(begin, begin + 1).arrayBuffer();
    for (let filled = 0; filled < length; ) {
      const { value } = await this.#reader.read(new Uint8Array(this.#memory, filled, length - filled));
      if (!value || value.byteLength === 0) throw new DOMException(t.theFileBecameShorter, "NotReadableError");
      this.#memory = value.buffer;
      filled += value.byteLength;
    }
    return new Uint8Array(this.#memory, 0, length);
  }

  /** Releases the file. */
  close(): void {
    this.#reader?.cancel().catch(() => undefined);
  }
}

/** A BYOB reader; undefined where the browser has none for files. */
function readInto(file: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return file.stream().getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}
