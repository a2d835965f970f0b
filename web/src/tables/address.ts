import type { View } from "./rows/view";

/** What the address says of a table; the table of the file, and columns, by their places, beginning with 1, a minus for downwards. */
export const usualTable = { table: "1", sort: "", column: "1", contains: "" };
export type TableAddress = typeof usualTable;

/** How rows are chosen and ordered; what makes no sense in a table of so many columns is left out. */
export function viewOf({ sort, column, contains }: Omit<TableAddress, "table">, columns: number): View {
  const place = (text: string) => {
    const number = /^\d{1,5}$/.test(text) ? Number(text) - 1 : -1;
    return number >= 0 && number < columns ? number : undefined;
  };
  const by = place(sort.replace(/^-/, ""));
  const filtered = place(column);
  const filter = contains.trim();
  return {
    sort: by === undefined ? undefined : { column: by, isDown: sort.startsWith("-") },
    filters: filter === "" || filtered === undefined ? {} : { [filtered]: filter },
  };
}

/** The order after a click on the head of a column: up, down, as in the file. */
export function sortAfter(sort: string, column: number): string {
  const name = String(column + 1);
  return sort === name ? `-${name}` : sort === `-${name}` ? "" : name;
}
