import { createSHA256, type IHasher } from "hash-wasm";
import { PartReader } from "./partReader";

const slice = 4 * 1024 * 1024;

/** Up to this size the browser's own SHA-256 is used: several times as fast, but only for data in memory. */
export const nativeBytes = 16 * 1024 * 1024;

/** Lowercase hex. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** A hex hash as an RFC 9530 digest header. */
export function toDigest(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
}

/** The hex hash in an RFC 9530 digest header. */
export function fromDigest(header: string | null): string | undefined {
  const base64 = /sha-256=:([^:]+):/.exec(header ?? "")?.[1];
  return base64 && toHex(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

/** SHA-256 of files of any size in constant memory. One file at a time. */
export class FileHasher {
  #hasher: IHasher | undefined;

  /** The hex hash of a file. */
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

  /** The hex hash of data in memory. */
  async hashBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    // crypto.subtle exists only on HTTPS and localhost.
    if (globalThis.crypto?.subtle) return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    return (await this.#start()).update(bytes).digest("hex");
  }

  async #start(): Promise<IHasher> {
    this.#hasher ??= await createSHA256();
    return this.#hasher.init();
  }
}
