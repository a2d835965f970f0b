import { decodeBytes, unfinished, wideEncoding } from "../../text/decodeText";

const strict = new TextDecoder("utf-8", { fatal: true });

/** Makes UTF-8 of a text in any encoding, piece by piece, without a mark at its beginning. */
export class Utf8Pieces {
  readonly #wide: TextDecoder | undefined;
  readonly #encoder = new TextEncoder();
  #rest = new Uint8Array(0);
  #isFirst = true;

  /** @param start The first bytes of the file, which show its encoding. */
  constructor(start: Uint8Array) {
    const encoding = wideEncoding(start);
    this.#wide = encoding && new TextDecoder(encoding);
  }

  add(piece: Uint8Array, isLast: boolean): Uint8Array {
    if (this.#wide) return this.#encoder.encode(this.#wide.decode(piece, { stream: !isLast }));
    const all = new Uint8Array(this.#rest.length + piece.length);
    all.set(this.#rest);
    all.set(piece, this.#rest.length);
    const begin = this.#isFirst && all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf ? 3 : 0;
    const end = isLast ? all.length : all.length - unfinished(all);
    this.#isFirst = false;
    this.#rest = all.slice(end);
    const whole = all.subarray(begin, end);
    try {
      strict.decode(whole);
      return whole;
    } catch {
      return this.#encoder.encode(decodeBytes(whole));
    }
  }
}
