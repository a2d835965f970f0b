import { tables as t } from "../../messages/en";
import { type LinePart, Misfits, tablesOf } from "./LineTable";
import type { KeptText } from "./loadText";
import type { Tables } from "./source";

const token = /"((?:[^"]|"(?=\S))*)"(?!\S)|'((?:[^']|'(?=\S))*)'(?!\S)|(\S+)/g;

/** The fields of a line: between blanks, or quoted; a mark begins a comment. */
export function fieldsOfStar(line: string): string[] {
  const fields: string[] = [];
  for (const [, double, single, plain] of line.matchAll(token)) {
    if (plain?.startsWith("#")) break;
    fields.push(double ?? single ?? plain ?? "");
  }
  return fields;
}

/**
 * The tables of a STAR file (Hall, J. Chem. Inf. Comput. Sci. 31, 1991), as RELION writes them: each loop of a block is one, with a line for
 * each row, and the single values of a block are one of names and values. Texts over several lines are none of RELION's.
 */
export function tablesOfStar(text: KeptText): Tables {
  const parts: LinePart[] = [];
  let block: string | undefined;
  let values: LinePart | undefined;
  let loop: LinePart | undefined;
  const stray = new Misfits();
  const begin = (title: string, columns: string[], fieldsOf: LinePart["fieldsOf"]): LinePart => {
    const part = { title, columns, lines: [], remarks: [], misfits: new Misfits(), fieldsOf };
    parts.push(part);
    return part;
  };
  for (let line = 0; line < text.count; line++) {
    const record = text.text(line).trim();
    const [first, ...rest] = fieldsOfStar(record);
    if (first === undefined) continue;
    if (/^data_/i.test(record)) {
      block = first.slice(5);
      [values, loop] = [undefined, undefined];
    } else if (block === undefined) stray.add(line, record);
    else if (/^loop_$/i.test(first)) loop = begin(block, [], fieldsOfStar);
    else if (record.startsWith("_") && loop?.lines.length === 0 && rest.length === 0) loop.columns.push(first.slice(1));
    else if (record.startsWith("_")) {
      values ??= begin(block === "" ? t.values : `${block}, ${t.values}`, ["name", "value"], fieldsOfValue);
      loop = undefined;
      if (rest.length === 1) values.lines.push(line);
      else values.misfits.add(line, record);
    } else if (loop && rest.length + 1 === loop.columns.length) loop.lines.push(line);
    else ((loop ?? values)?.misfits ?? stray).add(line, record);
  }
  if (stray.remark) for (const part of parts) part.remarks.push(stray.remark);
  return tablesOf(text, parts, t.thereAreNoTablesInThis);
}

const fieldsOfValue = (line: string) =>
  fieldsOfStar(line).map((field, place) => (place === 0 ? field.slice(1) : field));
