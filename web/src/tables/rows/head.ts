import { decodeBytes } from "../../text/decodeText";
import { numberOf } from "../../text/numeric";
import { blanks, parseFields, RecordIndex } from "./records";

/** What comes before the rows of a table. */
export interface Head {
  columns: string[];
  /** How many records are before the first row. */
  records: number;
  /** Comments and titles before the table. */
  lines: string[];
}

const separators = ["\t", ";", ","];
const recordsForGuess = 100;

/** The separator of a table: what a line `sep=` says, else what cuts most records of its start into equally many fields. */
export function guessSeparator(start: string, lineEnd: number): string {
  const said = /^sep=(.)\s*$/im.exec(start.slice(0, 8).split(/[\r\n]/, 1)[0] ?? "")?.[1];
  if (said) return said;
  const bytes = new TextEncoder().encode(start);
  // Names of columns may be one fewer than the columns.
  const score = (separator: string) => {
    const index = new RecordIndex(separator.charCodeAt(0), lineEnd);
    index.add(bytes, recordsForGuess);
    index.end(false);
    const records = index.starts.slice(1).map((end, place) => decodeBytes(bytes.subarray(index.starts[place], end)));
    const some = records.filter((record) => record.trim() !== "" && !isComment(record));
    const widths = some.map((record) => parseFields(record, separator).length);
    const { width } = usualWidth(widths);
    const count = widths.filter((each) => each === width || (each === width - 1 && each > 1)).length;
    return { separator, width, share: count / Math.max(1, some.length) };
  };
  const best = separators.map(score).filter(({ width }) => width > 1);
  const found = best.sort((a, b) => b.share - a.share)[0];
  // Commas may stand before decimals of numbers between blanks.
  return found && found.separator !== "," ? found.separator : isNumbersByBlanks(start) ? blanks : ",";
}

/** Whether most lines are numbers between blanks, as many in each: words between blanks are a text. */
export function isNumbersByBlanks(start: string): boolean {
  // The last line may be cut.
  const records = start.split(/\r\n?|\n/, recordsForGuess).filter((line) => line.trim() !== "" && !isComment(line));
  const numbers = records.map((record) => parseFields(record, blanks)).filter(isNumbers);
  const { width, count } = usualWidth(numbers.map(({ length }) => length));
  return width > 1 && count >= records.length / 2;
}

/** How many fields most records have, and how many records these are. */
export function usualWidth(widths: number[]): { width: number; count: number } {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  let [width, count] = [1, 0];
  for (const [each, times] of counts)
    if (times > count || (times === count && each > width)) [width, count] = [each, times];
  return { width, count };
}

const isComment = (record: string) => /^\s*[#%]/.test(record);
const isNumber = (field: string) => !Number.isNaN(numberOf(field)) || /^\s*[+-]?nan\s*$/i.test(field);
export const isNumbers = (fields: string[] | undefined) =>
  fields !== undefined && fields.length > 0 && fields.every(isNumber);

/**
 * Finds the names of the columns among the first records. Before them there may be comments and titles, which have fewer fields. Numbers
 * without names have the last comment as names, if that has as many, else their places.
 * @param widest The most fields of any record: those without a name are shown too.
 */
export function findHead(records: string[], separator: string, widest: number): Head {
  let first = /^sep=.\s*$/i.test(records[0] ?? "") ? 1 : 0;
  const lines: string[] = [];
  const isBefore = (record: string) => isComment(record) || record.trim() === "";
  for (; first < records.length && isBefore(records[first] as string); first++)
    lines.push((records[first] as string).trim());
  const fields = records.map((record) => parseFields(record, separator));
  const rest = fields.slice(first).filter((_, place) => records[first + place]?.trim() !== "");
  const { width } = usualWidth(rest.map(({ length }) => length));
  const lastComment = lines.findLast((line) => line !== "");
  let names = first;
  while (names < records.length && (fields[names]?.length ?? 0) < width) names++;
  // R leaves out the name of the first column, which has the names of rows. Others end each row with a separator.
  const before = names > first ? (fields[names - 1] as string[]) : [];
  const rows = fields.slice(names).filter(({ length }) => length === width);
  const isOneLess =
    before.length === width - 1 &&
    !before.some(isNumber) &&
    (width > 2 || (fields[names] ?? []).slice(1).some(isNumber));
  const isEnded = isOneLess && rows.every((row) => row.at(-1)?.trim() === "");
  if (isOneLess) names--;
  if (names >= records.length) names = first;
  const found = fields[names] ?? [];
  for (; first < names; first++) lines.push((records[first] as string).trim());
  const kept = lines.filter((line) => line !== "");
  if (isNumbers(found) && (isNumbers(fields[names + 1]) || lastComment !== undefined) && !isOneLess) {
    const said = namesIn(lastComment, separator, found.length);
    const columns = named(said ?? found.map(() => ""), widest);
    return { columns, records: names, lines: said ? kept.slice(0, -1) : kept };
  }
  return { columns: named(isOneLess && !isEnded ? ["", ...found] : found, widest), records: names + 1, lines: kept };
}

/** The names of columns in a comment; undefined if these are not as many as the columns. */
export function namesIn(comment: string | undefined, separator: string, count: number): string[] | undefined {
  const text = comment?.replace(/^[#%\s]+/, "");
  if (text === undefined) return undefined;
  return [parseFields(text, separator).map((name) => name.trim()), text.split(/\s+/)].find(
    ({ length }) => length === count,
  );
}

/** Columns without a name have their place as name. */
export function named(columns: string[], widest: number): string[] {
  const all = [...columns, ...Array<string>(Math.max(0, widest - columns.length)).fill("")];
  return all.map((name, place) => (name.trim() === "" ? `column ${place + 1}` : name));
}
