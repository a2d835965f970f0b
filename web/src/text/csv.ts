const formula = /^[=+\-@\t\r]/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A cell (RFC 4180). Spreadsheets take a text that begins with one of these signs for a formula: an apostrophe prevents it. Numbers with a
 * sign stay numbers.
 */
export function csvCell(value: string | number | null | undefined): string {
  const text = String(value ?? "");
  return `"${(formula.test(text) && !number.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

type Cells = (string | number | null | undefined)[];

/** Lines of a file (RFC 4180). */
export function csvLines(rows: Cells[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}
