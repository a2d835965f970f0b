import { Paper } from "@mantine/core";
import type { ReactNode } from "react";
import { visibleText } from "../text/visible";
import classes from "./TextGrid.module.css";
import { useColumns } from "./useColumns";
import type { Rows } from "./useRows";

/** How `useRows` lays the rows of such a table out. */
export const textRows = { rowHeight: 30, head: 34 };

interface TextRow {
  /** What the first cell says, if rows are numbered. */
  number: string;
  texts: string[];
}

interface TextGridProps {
  label: string;
  columns: string[];
  widths: number[];
  /** Which columns have numbers: they stand at the right. */
  isNumeric?: boolean[];
  /** Width of the numbers of rows; 0 for none. */
  numbers: number;
  count: number;
  rows: Rows;
  /** A row by its place; undefined while it is read. */
  rowAt: (place: number) => TextRow | undefined;
  /** The head of a column, where it is more than its name. */
  headOf?: (column: number) => ReactNode;
  sortOf?: (column: number) => "none" | "ascending" | "descending";
}

/** A table of texts; only the rows and columns in view are drawn. */
export function TextGrid({
  label,
  columns,
  widths,
  isNumeric,
  numbers,
  count,
  rows,
  rowAt,
  headOf,
  sortOf,
}: TextGridProps) {
  const seen = useColumns(rows.scroller, widths);
  const width = seen.total + numbers;
  const inView = range(seen.first, seen.last);
  const shift = numbers > 0 ? 2 : 1;
  const cellOf = (column: number) => ({
    className: isNumeric?.[column] ? `${classes.cell} ${classes.figure}` : classes.cell,
    style: { width: widths[column], marginLeft: column === seen.first ? seen.before : 0 },
  });
  const number = { className: `${classes.cell} ${classes.number}`, style: { width: numbers } };
  return (
    <Paper withBorder style={{ overflow: "hidden" }}>
      <div
        ref={rows.scroller}
        className={classes.viewport}
        tabIndex={0}
        role="table"
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={columns.length + shift - 1}
      >
        <div role="rowgroup">
          <div className={classes.head} role="row" style={{ width }}>
            {numbers > 0 && (
              <div {...number} role="columnheader">
                #
              </div>
            )}
            {inView.map((column) => (
              <div
                key={column}
                {...cellOf(column)}
                role="columnheader"
                aria-colindex={column + shift}
                aria-sort={sortOf?.(column)}
                title={columns[column]}
              >
                {headOf?.(column) ?? visibleText(columns[column] ?? "")}
              </div>
            ))}
          </div>
        </div>
        <div className={classes.grid} style={{ height: rows.height, width }} role="rowgroup">
          {range(rows.first, rows.last).map((place) => {
            const row = rowAt(place);
            return (
              <div
                key={place}
                className={classes.line}
                style={{ transform: `translateY(${rows.topOf(place)}px)`, width }}
                role="row"
                aria-rowindex={place + 2}
              >
                {numbers > 0 && (
                  <div {...number} role="rowheader">
                    {row?.number ?? "…"}
                  </div>
                )}
                {inView.map((column) => (
                  <div key={column} {...cellOf(column)} role="cell" aria-colindex={column + shift}>
                    {visibleText(row?.texts[column] ?? "")}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </Paper>
  );
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
