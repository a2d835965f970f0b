import type { TableData } from "../components/TextTable";

/** Parses CSV or TSV (RFC 4180; semicolons too). `isCut`: the text was truncated, so its last record is left out. */
export function parseCsv(text: string, isCut: boolean, maxRows: number): TableData {
  const body = text.replace(/^\ufeff/, "");
  const separator = guessSeparator(body);
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let inQuotes = false;
  for (let i = 0; i < body.length && records.length <= maxRows; i++) {
    const c = body[i];
    if (inQuotes) {
      if (c !== '"') field += c;
      else if (body[i + 1] === '"') {
        field += '"';
        i++;
      } else inQuotes = false;
    } else if (c === '"' && field === "") inQuotes = true;
    else if (c === separator) {
      record.push(field);
      field = "";
    } else if (c === "\n" || c === "\r") {
      if (c === "\r" && body[i + 1] === "\n") i++;
      record.push(field);
      field = "";
      if (record.length > 1 || record[0] !== "") records.push(record);
      record = [];
    } else field += c;
  }
  if (!isCut && (field !== "" || record.length > 0) && records.length <= maxRows) records.push([...record, field]);
  const [columns = [], ...rows] = records;
  return { columns, rows: rows.slice(0, maxRows) };
}

function guessSeparator(text: string): string {
  const line = text.slice(0, 4096).split(/\r?\n/, 1)[0] ?? "";
  const counts = [",", "\t", ";"].map((separator) => [line.split(separator).length, separator] as const);
  counts.sort((a, b) => b[0] - a[0]);
  return counts[0]?.[1] ?? ",";
}

/** Parses JSON lines: each object is a row, its keys are columns in order of first appearance. Undefined: not JSON lines. */
export function parseLines(text: string, isCut: boolean, maxRows: number): TableData | undefined {
  const lines = text.split("\n");
  if (isCut) lines.pop();
  const columns: string[] = [];
  const seen = new Map<string, number>();
  const rows: string[][] = [];
  for (const line of lines) {
    if (line.trim() === "") continue;
    if (rows.length === maxRows) break;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return undefined;
    }
    const object = value !== null && typeof value === "object" && !Array.isArray(value) ? value : { value };
    const row: string[] = [];
    for (const [key, cell] of Object.entries(object)) {
      let column = seen.get(key);
      if (column === undefined) {
        column = columns.length;
        seen.set(key, column);
        columns.push(key);
      }
      row[column] = typeof cell === "string" ? cell : JSON.stringify(cell);
    }
    rows.push(row);
  }
  return { columns, rows };
}
