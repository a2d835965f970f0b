import { tables as t } from "../../messages/en";
import { decodeText } from "../../text/decodeText";
import { formatCount } from "../../text/format";
import { findHead, guessSeparator } from "./head";
import { parseMembers } from "./jsonLine";
import { maxRecordBytes, parseFields, RecordIndex } from "./records";
import { cut, maxColumns, NotATable, noteOfColumns, type Read, type RowSource } from "./source";
import { Utf8Pieces } from "./Utf8Pieces";

const pieceBytes = 2 << 20;
/** So much of a file is kept; the rest is not shown, and the page says so. */
export const usualLimits = { bytes: 64 << 20, records: 2_000_000 };
const sampleBytes = 65_536;
/** The members of so many lines of JSON are columns. */
const linesForColumns = 20_000;
/** Names of columns are looked for in so many records. */
const recordsForHead = 100;
const maxRemarkLetters = 500;

/** What was kept of a file. */
interface Kept {
  bytes: Uint8Array;
  index: RecordIndex;
  /** The byte between fields; undefined for lines of JSON. */
  separator: string | undefined;
  note: string | undefined;
}

const decoder = new TextDecoder();

/** CSV, TSV, and lines of JSON: the bytes are kept, as UTF-8, and texts made of the rows that are wanted. */
export class TextRows implements RowSource {
  readonly columns: string[];
  readonly count: number;
  readonly note: string | undefined;
  readonly remark: string | undefined;
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly separator: string | undefined;
  readonly #first: number = 0;
  readonly #lineEnd: string;

  private constructor({ bytes, index, separator, note }: Kept) {
    this.bytes = bytes;
    this.starts = Uint32Array.from(index.starts);
    this.separator = separator;
    this.#lineEnd = String.fromCharCode(index.lineEnd);
    const records = this.starts.length - 1;
    const remarks: string[] = [];
    if (separator === undefined) this.columns = this.#members(records, remarks);
    else {
      const some = Array.from({ length: Math.min(records, recordsForHead) }, (_, record) => this.#text(record));
      const head = findHead(some, separator, records > 0 ? index.widest : 0);
      [this.columns, this.#first] = [records > 0 ? head.columns : [], head.records];
      if (head.lines.length > 0) remarks.push(t.beforeTheTable(head.lines.join("\n").slice(0, maxRemarkLetters)));
      if (index.isOpen) remarks.push(t.aQuotationMarkIsNotClosed);
    }
    this.count = Math.max(0, records - this.#first);
    if (this.columns.length === 0) throw new NotATable(t.thereAreNoColumnsInThis);
    this.note = [note, noteOfColumns(this.columns.length)].filter(Boolean).join(" ") || undefined;
    this.remark = remarks.join("\n") || undefined;
    this.columns.length = Math.min(this.columns.length, maxColumns);
  }

  static async open(
    read: Read,
    size: number,
    isLines: boolean,
    onProgress: (share: number) => void,
    limits = usualLimits,
  ): Promise<TextRows> {
    const kept = Math.min(size, limits.bytes);
    let bytes = new Uint8Array(kept);
    let index: RecordIndex | undefined;
    let separator: string | undefined;
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
        const lineEnd = (text.includes("\n") || !text.includes("\r") ? "\n" : "\r").charCodeAt(0);
        separator = isLines ? undefined : guessSeparator(text, lineEnd);
        index = new RecordIndex(separator?.charCodeAt(0), lineEnd);
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
    index ??= new RecordIndex(undefined);
    index.end(at < size);
    const rows = index.starts.length - 1 - (isLines ? 0 : 1);
    const isAll = at >= size && hasRoom;
    if (rows < 1 && !isAll) throw new NotATable(t.theFirstLineOfThisFile);
    const note = isAll ? undefined : t.onlyTheFirstRowsAreShown(formatCount(rows));
    return new TextRows({ bytes: bytes.subarray(0, filled), index, separator, note });
  }

  async rows(numbers: number[], isWhole = false): Promise<string[][]> {
    return numbers.map((number) => this.#row(number).map((text) => cut(text ?? "", isWhole)));
  }

  async column(place: number): Promise<string[]> {
    return Array.from({ length: this.count }, (_, number) => this.#row(number)[place] ?? "");
  }

  #row(number: number): (string | undefined)[] {
    const text = this.#text(number + this.#first);
    if (this.separator !== undefined) return parseFields(text, this.separator);
    const members = parseMembers(text);
    return members ? this.columns.map((name) => members.get(name)) : [text.trim()];
  }

  /** The text of a record, without the end of its line. */
  #text(record: number): string {
    const begin = this.starts[record] as number;
    const end = Math.min(this.starts[record + 1] as number, begin + maxRecordBytes);
    const text = decoder.decode(this.bytes.subarray(begin, end));
    return text.endsWith(this.#lineEnd) ? text.slice(0, -1) : text;
  }

  #members(records: number, remarks: string[]): string[] {
    const found = new Set<string>();
    let [good, bad] = [0, 0];
    const most = Math.min(records, linesForColumns);
    for (let line = 0; line < most && found.size < maxColumns; line++) {
      const text = this.#text(line);
      if (text.trim() === "") continue;
      const members = parseMembers(text);
      if (members) good++;
      else bad++;
      for (const name of members?.keys() ?? []) found.add(name);
    }
    if (bad > good) throw new NotATable(t.theLinesOfThisFileAre);
    if (bad > 0) remarks.push(t.linesThatAreNotJsonHave);
    if (records > linesForColumns) remarks.push(t.theColumnsAreThoseOfThe(formatCount(linesForColumns)));
    return [...found];
  }
}
