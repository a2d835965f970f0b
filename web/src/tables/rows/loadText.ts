import { decodeText } from "../../text/decodeText";
import { maxRecordBytes, type RecordIndex } from "./records";
import { NotATable, type Read } from "./source";
import { Utf8Pieces } from "./Utf8Pieces";

const pieceBytes = 2 << 20;
const sampleBytes = 65_536;
const decoder = new TextDecoder();

/** The most of a text that is kept. The rest is not shown, and the page says so. */
export const usualLimits = { bytes: 64 << 20, records: 2_000_000 };

/** The first bytes of a text file, as UTF-8, and its records. */
export class KeptText {
  readonly #lineEnd: string;

  constructor(
    readonly bytes: Uint8Array,
    readonly starts: Uint32Array,
    readonly index: RecordIndex,
    /** False if the file has more. */
    readonly isAll: boolean,
  ) {
    this.#lineEnd = String.fromCharCode(index.lineEnd);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  /** The text of a record, without the end of its line. */
  text(record: number): string {
    const begin = this.starts[record] as number;
    const end = Math.min(this.starts[record + 1] as number, begin + maxRecordBytes);
    const text = decoder.decode(this.bytes.subarray(begin, end));
    return text.endsWith(this.#lineEnd) ? text.slice(0, -1) : text;
  }
}

/** Reads a text file in pieces. `begin` gets its first bytes and the end of a line, and returns the index of the file's records. */
export async function loadText(
  read: Read,
  size: number,
  limits: typeof usualLimits,
  onProgress: (share: number) => void,
  begin: (start: string, lineEnd: number) => RecordIndex,
): Promise<KeptText> {
  const kept = Math.min(size, limits.bytes);
  let bytes = new Uint8Array(kept);
  let index: RecordIndex | undefined;
  let pieces: Utf8Pieces | undefined;
  let [at, filled] = [0, 0];
  let hasRoom = true;
  while (at < kept && hasRoom) {
    const piece = await read(at, Math.min(pieceBytes, kept - at));
    if (piece.length === 0) break;
    if (!index) {
      const sample = piece.subarray(0, sampleBytes);
      const text = decodeText(sample, true);
      if (text === undefined) throw new NotATable();
      pieces = new Utf8Pieces(sample);
      index = begin(text, (text.includes("\n") || !text.includes("\r") ? "\n" : "\r").charCodeAt(0));
    }
    at += piece.length;
    const plain = pieces?.add(piece, at >= kept) ?? piece;
    if (filled + plain.length > bytes.length) {
      const longer = new Uint8Array(Math.max(2 * bytes.length, filled + plain.length));
      longer.set(bytes.subarray(0, filled));
      bytes = longer;
    }
    bytes.set(plain, filled);
    filled += plain.length;
    hasRoom = index.add(plain, limits.records);
    onProgress(at / kept);
  }
  index ??= begin("", "\n".charCodeAt(0));
  index.end(at < size);
  return new KeptText(bytes.subarray(0, filled), Uint32Array.from(index.starts), index, at >= size && hasRoom);
}
