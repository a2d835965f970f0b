import { createSHA256, type IHasher } from "hash-wasm";

const slice = 4 * 1024 * 1024;
const native = 8 * 1024 * 1024;

/** Two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Computes SHA-256 of files of any size in constant memory. */
export class FileHasher {
  #hasher: IHasher | undefined;

  /** The hash of a whole file, in hex. */
  async hash(file: Blob, onBytes: (bytes: number) => void, signal?: AbortSignal): Promise<string> {
    if (file.size <= native && globalThis.crypto?.subtle) {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      onBytes(file.size);
      return toHex(new Uint8Array(digest));
    }
    const hasher = await this.start();
    for (let offset = 0; offset < file.size; offset += slice) {
      signal?.throwIfAborted();
      const bytes = new Uint8Array(await file.slice(offset, offset + slice).arrayBuffer());
      hasher.update(bytes);
      onBytes(bytes.length);
    }
    return hasher.digest("hex");
  }

  /** A hash that is fed by the caller. */
  async start(): Promise<IHasher> {
    this.#hasher ??= await createSHA256();
    return this.#hasher.init();
  }
}
