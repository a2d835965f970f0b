import { tables as t } from "../../messages/en";
import { isNumbers, named, namesIn, usualWidth } from "./head";
import { LineTable, Misfits } from "./LineTable";
import type { KeptText } from "./loadText";
import { blanks, parseFields } from "./records";
import { NotATable } from "./source";

/** A line of numbers for so many is looked at to find how many a row has. */
const linesForWidth = 1000;

export const fieldsOfBlanks = (line: string) => parseFields(line, blanks);

/** A table of numbers between blanks: SAXS, XDI, columns of an XY program. Comments and titles stand before it. */
export function tableOfNumbers(text: KeptText): LineTable {
  const width = widthOf(
    text,
    Uint32Array.from({ length: text.count }, (_, line) => line),
  );
  const lines: number[] = [];
  const head: string[] = [];
  const comments: string[] = [];
  const misfits = new Misfits();
  for (let line = 0; line < text.count; line++) {
    const record = text.text(line);
    const fields = fieldsOfBlanks(record);
    if (fields.length === width && isNumbers(fields)) lines.push(line);
    else if (record.trim() === "") continue;
    else if (lines.length === 0) head.push(record.trim());
    else if (isComment(record)) comments.push(record.trim());
    else misfits.add(line, record);
  }
  if (width < 2 || lines.length === 0) throw new NotATable(t.thereAreNoColumnsInThis);
  const names = columnsOfXdi(head, width) ?? namesIn(head.at(-1), blanks, width);
  const remarks = head.length > 0 ? [t.beforeTheTable(head.join("\n"))] : [];
  if (comments.length > 0) remarks.push(t.amongTheRows(comments.join("\n")));
  return new LineTable(text, {
    title: "",
    columns: named(names ?? [], width),
    lines,
    remarks,
    misfits,
    fieldsOf: fieldsOfBlanks,
  });
}

/** How many numbers most of some lines have; 0 if none has any. */
export function widthOf(text: KeptText, lines: Iterable<number>): number {
  const widths: number[] = [];
  for (const line of lines) {
    if (widths.length >= linesForWidth) break;
    const fields = fieldsOfBlanks(text.text(line));
    if (isNumbers(fields)) widths.push(fields.length);
  }
  return widths.length === 0 ? 0 : usualWidth(widths).width;
}

/** Whether most lines are numbers between blanks, some with a comma that may stand before decimals or separate thousands. */
export function hasDoubtfulCommas(start: string): boolean {
  const lines = start.split(/\r\n?|\n/, 100).filter((line) => line.trim() !== "" && !isComment(line));
  const doubtful = lines.filter((line) => {
    const fields = fieldsOfBlanks(line);
    const plain = fields.map((field) => (/^[+-]?\d{1,3},\d{3}$/.test(field) ? "0" : field));
    return fields.length > 1 && isNumbers(plain) && plain.some((field, place) => field !== fields[place]);
  });
  return doubtful.length > lines.length / 2;
}

const isComment = (record: string) => /^\s*[#%]/.test(record);

/** The names that XDI gives its columns (`# Column.1: energy eV`), if it names all. */
function columnsOfXdi(head: string[], width: number): string[] | undefined {
  const names: string[] = [];
  for (const line of head) {
    const [, place, name] = /^#\s*Column\.(\d{1,4}):\s*(.*)$/i.exec(line) ?? [];
    if (place && name) names[Number(place) - 1] = name.trim();
  }
  return names.length === width && Object.keys(names).length === width ? names : undefined;
}
