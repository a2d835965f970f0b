import { createSHA256, type IHasher } from "hash-wasm";
import { PartReader } from "./partReader";

const slice = 4 * 1024 * 1024;

/** Up to here the browser's own SHA-256 is asked, which is several times as fast, but takes only what is in memory. */
export const nativeBytes = 16 * 1024 * 1024;

/** Two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** A hash in hex as the headers of RFC 9530 have it. */
export function toDigest(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
}

/** The hash that a header of RFC 9530 has, in hex. */
export function fromDigest(header: string | null): string | undefined {
  const base64 = /sha-256=:([^:]+):/.exec(header ?? "")?.[1];
  return base64 && toHex(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

/** Computes SHA-256 of files of any size in constant memory. One file at a time. */
export class FileHasher {
  #hasher: IHasher | undefined;

  /** The hash of a whole file, in hex. */
  async hash(file: Blob, signal?: AbortSignal): Promise<string> {
    if (file.size <= nativeBytes) return this.hashBytes(new Uint8Array(await file.arrayBuffer()));
    const hasher = await this.#start();
    const reader = new PartReader(file, 0, slice);
    try {
      for (let bytes = await reader.next(); bytes.length > 0; bytes = await reader.next()) {
        signal?.throwIfAborted();
        hasher.update(bytes);
      }
      return hasher.digest("hex");
    } finally {
      reader.close();
    }
  }

  /** The hash of what is in memory, in hex. */
  async hashBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    // Browsers have their own only where the page came by HTTPS or from this computer.
    if (globalThis.crypto?.subtle) return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    return (await this.#start()).update(bytes).digest("hex");
  }

  async #start(): Promise<IHasher> {
    this.#hasher ??= await createSHA256();
    return this.#hasher.init();
  }
}
