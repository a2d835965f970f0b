import { tables as t } from "../../messages/en";
import { formatCount } from "../../text/format";
import type { KeptText } from "./loadText";
import { cut, maxColumns, NotATable, noteOfColumns, type RowSource, type Tables } from "./source";

const maxExamples = 3;
const exampleLetters = 80;
const maxRemarkLetters = 20_000;
const maxParts = 20_000;

/** Lines that are not rows of the table around them. They are counted and shown, and never made rows. */
export class Misfits {
  count = 0;
  readonly #examples: string[] = [];

  /** @param line The number of the line, beginning with 0. */
  add(line: number, text: string): void {
    this.count++;
    if (this.#examples.length < maxExamples)
      this.#examples.push(t.lineAs(formatCount(line + 1), text.trim().slice(0, exampleLetters)));
  }

  get remark(): string | undefined {
    return this.count === 0 ? undefined : t.linesThatDoNotFit(this.count, this.#examples.join("\n"));
  }
}

/** A table among the lines of a text. */
export interface LinePart {
  title: string;
  columns: string[];
  /** The lines that are rows. */
  lines: number[];
  /** The lines before the table, and other remarks. */
  remarks: string[];
  misfits: Misfits;
  /** The fields of such a line, as many as the columns. */
  fieldsOf: (line: string) => string[];
}

/** A table with a line for each row. */
export class LineTable implements RowSource {
  readonly columns: string[];
  readonly count: number;
  readonly note: string | undefined;
  readonly remark: string | undefined;

  constructor(
    readonly text: KeptText,
    readonly part: LinePart,
  ) {
    const { columns, lines, remarks, misfits } = part;
    this.count = lines.length;
    this.columns = columns.slice(0, maxColumns);
    const rest = text.isAll ? undefined : t.onlyTheFirstRowsAreShown(formatCount(lines.length));
    this.note = [rest, noteOfColumns(columns.length)].filter(Boolean).join(" ") || undefined;
    const all = [misfits.remark, ...remarks].filter(Boolean).join("\n");
    this.remark = all.slice(0, maxRemarkLetters) || undefined;
  }

  async rows(numbers: number[], isWhole = false): Promise<string[][]> {
    return numbers.map((number) => this.#row(number).map((field) => cut(field, isWhole)));
  }

  async column(place: number): Promise<string[]> {
    return this.part.lines.map((_, number) => this.#row(number)[place] ?? "");
  }

  #row(number: number): string[] {
    return this.part.fieldsOf(this.text.text(this.part.lines[number] as number));
  }
}

/** The tables of a text with several; refuses one with none. */
export function tablesOf(text: KeptText, parts: LinePart[], missing: string): Tables {
  if (parts.length === 0) throw new NotATable(missing);
  if (parts.length > maxParts) throw new NotATable(t.moreTablesThan(formatCount(maxParts)));
  return {
    titles: parts.map(({ title }) => title),
    open: (place) => new LineTable(text, parts[place] as LinePart),
  };
}
