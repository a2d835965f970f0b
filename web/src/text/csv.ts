/** A cell (RFC 4180). Spreadsheets take a text that begins with one of these signs for a formula: an apostrophe prevents it. */
export function csvCell(value: string | number | null | undefined): string {
  const text = String(value ?? "");
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
