/** A record that is longer is cut: the file may be one endless line. */
export const maxRecordBytes = 1 << 20;

const [quote, newline, carriage] = [34, 10, 13];

/** As a separator, any number of blanks and tabs, also at the beginning and the end of a record; quotes mean nothing. */
export const blanks = " ";

/** Where the records of a text file begin, found piece by piece; a byte is looked at once. */
export class RecordIndex {
  /** The first byte of each record, and of what follows the last. */
  readonly starts: number[] = [0];
  /** The most fields of a record. */
  widest = 1;
  #at = 0;
  #isQuoted = false;
  #isFieldStart = true;
  #hasClosed = false;
  #width = 1;

  /**
   * @param separator The byte between fields of CSV; undefined for lines, in which quotes mean nothing.
   * @param end The byte that ends a line: that of the line feed, or in files of old programs that of the carriage return.
   */
  constructor(
    readonly separator: number | undefined,
    readonly lineEnd = newline,
  ) {}

  /** Whether a quote was never closed: the last record has all that follows it. */
  get isOpen(): boolean {
    return this.#isQuoted;
  }

  /** Looks through the next piece; tells whether there is room for more records. */
  add(piece: Uint8Array, maxRecords: number): boolean {
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i] as number;
      const hasClosed = this.#hasClosed;
      this.#hasClosed = false;
      if (this.#isQuoted) {
        if (byte !== quote) continue;
        this.#isQuoted = false;
        this.#hasClosed = true;
      } else if (byte === this.lineEnd) {
        this.starts.push(this.#at + i + 1);
        this.#isFieldStart = true;
        this.#width = 1;
        if (this.starts.length > maxRecords) {
          this.#at += i + 1;
          return false;
        }
      } else if (byte === quote && this.separator !== undefined && (this.#isFieldStart || hasClosed)) {
        // A doubled quote ends the field and begins it again, which is as good.
        this.#isQuoted = true;
        this.#isFieldStart = false;
      } else {
        this.#isFieldStart = byte === this.separator;
        if (this.#isFieldStart && ++this.#width > this.widest) this.widest = this.#width;
      }
    }
    this.#at += piece.length;
    return true;
  }

  /** The file ends here, in the middle of a record perhaps. */
  end(isCut: boolean): void {
    const last = this.starts[this.starts.length - 1] as number;
    if (!isCut && last < this.#at) this.starts.push(this.#at);
  }
}

/** The fields of a record (RFC 4180), or those between blanks. */
export function parseFields(record: string, separator: string): string[] {
  if (separator === blanks) return record.trim().split(/\s+/);
  const fields: string[] = [];
  let end = record.length;
  while (end > 0 && (record.charCodeAt(end - 1) === newline || record.charCodeAt(end - 1) === carriage)) end--;
  let at = 0;
  for (;;) {
    let field = "";
    if (record[at] === '"') {
      at++;
      for (;;) {
        const close = record.indexOf('"', at);
        if (close < 0 || close >= end) {
          field += record.slice(at, end);
          at = end;
          break;
        }
        field += record.slice(at, close);
        at = close + 1;
        if (record[at] !== '"' || at >= end) break;
        field += '"';
        at++;
      }
    }
    const next = record.indexOf(separator, at);
    const stop = next < 0 || next >= end ? end : next;
    fields.push(field + record.slice(at, stop));
    if (stop === end) return fields;
    at = stop + 1;
  }
}
