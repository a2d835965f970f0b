import { tables as t } from "../../messages/en";
import { formatCount } from "../../text/format";
import { findHead } from "./head";
import { parseMembers } from "./jsonLine";
import type { KeptText } from "./loadText";
import { parseFields } from "./records";
import { cut, maxColumns, NotATable, noteOfColumns, type RowSource } from "./source";

/** The members of so many lines of JSON are columns. */
const linesForColumns = 20_000;
/** Names of columns are looked for in so many records. */
const recordsForHead = 100;
const maxRemarkLetters = 500;

/** CSV, TSV, and lines of JSON: the bytes are kept, as UTF-8, and texts made of the rows that are wanted. */
export class TextRows implements RowSource {
  readonly columns: string[];
  readonly count: number;
  readonly note: string | undefined;
  readonly remark: string | undefined;
  readonly #first: number = 0;

  /** @param separator The byte between fields; undefined for lines of JSON. */
  constructor(
    readonly text: KeptText,
    readonly separator: string | undefined,
  ) {
    const records = text.count;
    const remarks: string[] = [];
    if (separator === undefined) this.columns = this.#members(records, remarks);
    else {
      const some = Array.from({ length: Math.min(records, recordsForHead) }, (_, record) => text.text(record));
      const head = findHead(some, separator, records > 0 ? text.index.widest : 0);
      [this.columns, this.#first] = [records > 0 ? head.columns : [], head.records];
      if (head.lines.length > 0) remarks.push(t.beforeTheTable(head.lines.join("\n").slice(0, maxRemarkLetters)));
      if (text.index.isOpen) remarks.push(t.aQuotationMarkIsNotClosed);
    }
    this.count = Math.max(0, records - this.#first);
    if (this.columns.length === 0) throw new NotATable(t.thereAreNoColumnsInThis);
    const note = text.isAll ? undefined : t.onlyTheFirstRowsAreShown(formatCount(this.count));
    this.note = [note, noteOfColumns(this.columns.length)].filter(Boolean).join(" ") || undefined;
    this.remark = remarks.join("\n") || undefined;
    this.columns.length = Math.min(this.columns.length, maxColumns);
  }

  async rows(numbers: number[], isWhole = false): Promise<string[][]> {
    return numbers.map((number) => this.#row(number).map((text) => cut(text ?? "", isWhole)));
  }

  async column(place: number): Promise<string[]> {
    return Array.from({ length: this.count }, (_, number) => this.#row(number)[place] ?? "");
  }

  #row(number: number): (string | undefined)[] {
    const text = this.text.text(number + this.#first);
    if (this.separator !== undefined) return parseFields(text, this.separator);
    const members = parseMembers(text);
    return members ? this.columns.map((name) => members.get(name)) : [text.trim()];
  }

  #members(records: number, remarks: string[]): string[] {
    const found = new Set<string>();
    let [good, bad] = [0, 0];
    const most = Math.min(records, linesForColumns);
    for (let line = 0; line < most && found.size < maxColumns; line++) {
      const text = this.text.text(line);
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
