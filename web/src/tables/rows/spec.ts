import { tables as t } from "../../messages/en";
import { plural } from "../../text/format";
import { fieldsOfBlanks, widthOf } from "./blanks";
import { isNumbers, named } from "./head";
import { type LinePart, Misfits, tablesOf } from "./LineTable";
import type { KeptText } from "./loadText";
import type { Tables } from "./source";

/** Whether a text is a file of SPEC: it begins with the name of its file, or with a scan. */
export const isSpec = (start: string) => /^\s*#(F \S|S \d+\s)/.test(start);

/**
 * The scans of a file of SPEC (certif.com, "Standard Data File Format"): `#S` begins a scan, `#L` names its columns with two blanks
 * between them. A number of a scan may come again; such scans are numbered as silx does: 7.1, 7.2.
 */
export function scansOf(text: KeptText): Tables {
  const begins: number[] = [];
  for (let line = 0; line < text.count; line++) if (isScan(text.text(line))) begins.push(line);
  const times = new Map<string, number>();
  const parts = begins.map((begin, place) => {
    const [, number = "", command = ""] = /^#S\s+(\d+)\s*(.*)$/.exec(text.text(begin).trim()) ?? [];
    const time = (times.get(number) ?? 0) + 1;
    times.set(number, time);
    return scanOf(text, `${number}.${time}  ${command}`.trim(), begin + 1, begins[place + 1] ?? text.count);
  });
  return tablesOf(text, parts, t.thereAreNoScansInThis);
}

const isScan = (line: string) => /^#S\s+\d+/.test(line);

function scanOf(text: KeptText, title: string, begin: number, end: number): LinePart {
  const head: string[] = [];
  const candidates: number[] = [];
  const misfits = new Misfits();
  let names = "";
  let spectra = 0;
  for (let line = begin; line < end; line++) {
    let record = text.text(line);
    if (record.startsWith("@")) {
      spectra++;
      while (record.trimEnd().endsWith("\\") && line + 1 < end) record = text.text(++line);
    } else if (record.startsWith("#L ")) names = record.slice(3).trim();
    else if (record.startsWith("#F "))
      break; // another file behind this one
    else if (record.startsWith("#")) head.push(record.trim());
    else if (record.trim() !== "") candidates.push(line);
  }
  const labels = [names.split(/\t|\s{2,}/), names.split(/\s+/)];
  const width = widthOf(text, candidates) || (labels[0] as string[]).length;
  const lines = candidates.filter((line) => {
    const fields = fieldsOfBlanks(text.text(line));
    const fits = fields.length === width && isNumbers(fields);
    if (!fits) misfits.add(line, text.text(line));
    return fits;
  });
  const remarks = spectra > 0 ? [plural(spectra, t.countSpectraNotShown)] : [];
  if (head.length > 0) remarks.push(t.beforeTheTable(head.join("\n")));
  // Names that are not as many as the numbers are no names of them.
  const columns = named(labels.find(({ length }) => length === width) ?? [], width);
  return { title, columns, lines, remarks, misfits, fieldsOf: fieldsOfBlanks };
}
