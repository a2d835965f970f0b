import { decodeText } from "../../text/decodeText";
import { formatCount } from "../../text/format";
import { guessSeparator, maxRecordBytes, parseFields, parseMembers, RecordIndex } from "./records";
import { cut, maxColumns, NotATable, noteOfColumns, type Read, type RowSource } from "./source";

const pieceBytes = 2 << 20;
/** So much of a file is kept; the rest is not shown, and the page says so. */
export const usualLimits = { bytes: 64 << 20, records: 2_000_000 };
const sampleBytes = 65_536;
/** The members of so many lines of JSON are columns. */
const linesForColumns = 20_000;

/** CSV, TSV, and lines of JSON: the bytes are kept, and texts made of the rows that are wanted. */
export class TextRows implements RowSource {
  readonly columns: string[];
  readonly count: number;
  readonly note: string | undefined;
  readonly #first: number;

  private constructor(
    readonly bytes: Uint8Array,
    readonly starts: Uint32Array,
    readonly separator: string | undefined,
    readonly label: string,
    note: string | undefined,
  ) {
    this.#first = separator === undefined ? 0 : 1;
    this.count = Math.max(0, starts.length - 1 - this.#first);
    this.columns = separator === undefined ? this.#members() : starts.length > 1 ? this.#fields(0) : [];
    if (this.columns.length === 0) throw new NotATable("There are no columns in this file.");
    this.note = [note, noteOfColumns(this.columns.length)].filter(Boolean).join(" ") || undefined;
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
    const bytes = new Uint8Array(kept);
    let index: RecordIndex | undefined;
    let [separator, label] = [undefined as string | undefined, "utf-8"];
    let at = 0;
    let hasRoom = true;
    while (at < kept && hasRoom) {
      const piece = await read(at, Math.min(pieceBytes, kept - at));
      if (piece.length === 0) break;
      bytes.set(piece, at);
      if (!index) {
        const sample = piece.subarray(0, sampleBytes);
        const text = decodeText(sample, true);
        if (text === undefined) throw new NotATable();
        label = new TextDecoder("utf-8").decode(sample, { stream: true }) === text ? "utf-8" : "windows-1252";
        separator = isLines ? undefined : guessSeparator(text);
        index = new RecordIndex(separator?.charCodeAt(0));
      }
      hasRoom = index.add(piece, limits.records);
      at += piece.length;
      onProgress(at / kept);
    }
    index?.end(at < size);
    const starts = Uint32Array.from(index?.starts ?? [0]);
    const rows = starts.length - 1 - (isLines ? 0 : 1);
    const isAll = at >= size && hasRoom;
    if (rows < 1 && !isAll) throw new NotATable("The first line of this file is too long for a table.");
    const note = isAll ? undefined : `Only the first ${formatCount(rows)} rows are shown, sorted and searched.`;
    return new TextRows(bytes.subarray(0, at), starts, separator, label, note);
  }

  async rows(numbers: number[]): Promise<string[][]> {
    return numbers.map((number) => this.#row(number).map((text) => cut(text ?? "")));
  }

  async column(place: number): Promise<string[]> {
    return Array.from({ length: this.count }, (_, number) => this.#row(number)[place] ?? "");
  }

  #row(number: number): (string | undefined)[] {
    if (this.separator !== undefined) return this.#fields(number + this.#first);
    const members = parseMembers(this.#text(number));
    return this.columns.map((name) => members?.get(name));
  }

  #fields(record: number): string[] {
    return parseFields(this.#text(record), this.separator ?? ",");
  }

  #text(record: number): string {
    const begin = this.starts[record] as number;
    const end = Math.min(this.starts[record + 1] as number, begin + maxRecordBytes);
    return new TextDecoder(this.label).decode(this.bytes.subarray(begin, end));
  }

  #members(): string[] {
    const found = new Set<string>();
    for (let line = 0; line < Math.min(this.count, linesForColumns); line++) {
      const text = this.#text(line);
      if (text.trim() === "") continue;
      const members = parseMembers(text);
      if (!members) throw new NotATable("The lines of this file are not JSON.");
      for (const name of members.keys()) found.add(name);
      if (found.size >= maxColumns) break;
    }
    return [...found];
  }
}
