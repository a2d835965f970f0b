import { tables as t } from "../../messages/en";
import { hasDoubtfulCommas, tableOfNumbers } from "./blanks";
import { guessSeparator, isNumbersByBlanks } from "./head";
import { loadText, usualLimits } from "./loadText";
import { blanks, RecordIndex } from "./records";
import { type Format, NotATable, type Read, type Tables } from "./source";
import { isSpec, scansOf } from "./spec";
import { tablesOfStar } from "./star";
import { TextRows } from "./TextRows";

/** Opens the tables of a file: most files have one, STAR and SPEC many. */
export async function openTables(
  read: Read,
  size: number,
  format: Format,
  onProgress: (share: number) => void,
  limits = usualLimits,
): Promise<Tables> {
  if (format === "parquet") return one(await (await import("./ParquetRows")).ParquetRows.open(read, size));
  if (format === "numpy") return one(await (await import("./NumpyRows")).NumpyRows.open(read, size));
  let how = (format === "lines" || format === "star" ? format : undefined) as
    | "lines"
    | "star"
    | "spec"
    | "blanks"
    | undefined;
  let separator: string | undefined;
  const text = await loadText(read, size, limits, onProgress, (start, lineEnd) => {
    if (!how && isSpec(start)) how = "spec";
    // Numbers may have tabs and blanks between them; two tabs are a field without a value.
    if (format === "columns" && !how && !/\t\t|\t\r?$/m.test(start) && isNumbersByBlanks(start)) how = "blanks";
    if (!how) separator = guessSeparator(start, lineEnd);
    if (format === "columns" && separator === "," && hasDoubtfulCommas(start)) throw new NotATable(t.doubtfulCommas);
    if (separator === blanks) [how, separator] = ["blanks", undefined];
    return new RecordIndex(separator?.charCodeAt(0), lineEnd);
  });
  if (text.count < (how ? 1 : 2) && !text.isAll) throw new NotATable(t.theFirstLineOfThisFile);
  if (how === "blanks") return one(tableOfNumbers(text));
  if (how === "spec") return scansOf(text);
  if (how === "star") return tablesOfStar(text);
  const rows = new TextRows(text, separator);
  if (format === "columns" && rows.columns.length < 2) throw new NotATable(t.thereAreNoColumnsInThis);
  return one(rows);
}

const one = (table: Awaited<ReturnType<Tables["open"]>>): Tables => ({ titles: [""], open: () => table });
