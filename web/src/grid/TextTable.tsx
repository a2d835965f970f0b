import { Paper } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { visibleText } from "../text/visible";
import classes from "./TextTable.module.css";

const rowHeight = 30;
const letter = 8.2;
const looked = 200;

/** The content of a table. */
export interface TableData {
  columns: string[];
  rows: string[][];
}

/** A table of text; only the visible rows are rendered. */
export function TextTable({
  table,
  label,
  isNumbered = true,
}: {
  table: TableData;
  label: string;
  isNumbered?: boolean;
}) {
  const viewport = useRef<HTMLDivElement>(null);
  const widths = useMemo(
    () =>
      table.columns.map((name, column) =>
        width([name, ...table.rows.slice(0, looked).map((row) => row[column] ?? "")]),
      ),
    [table],
  );
  const total = widths.reduce((sum, each) => sum + each, isNumbered ? 64 : 0);
  const rows = useVirtualizer({
    count: table.rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  return (
    <Paper withBorder style={{ overflow: "hidden" }}>
      <div
        ref={viewport}
        className={classes.viewport}
        tabIndex={0}
        role="table"
        aria-label={label}
        aria-rowcount={table.rows.length + 1}
      >
        <div role="rowgroup">
          <div className={classes.head} role="row" style={{ width: total }}>
            {isNumbered && (
              <div className={`${classes.cell} ${classes.number}`} role="columnheader" style={{ width: 64 }}>
                #
              </div>
            )}
            {table.columns.map((name, column) => (
              <div
                key={column}
                className={classes.cell}
                role="columnheader"
                style={{ width: widths[column] }}
                title={name}
              >
                {visibleText(name)}
              </div>
            ))}
          </div>
        </div>
        <div className={classes.grid} style={{ height: rows.getTotalSize(), width: total }} role="rowgroup">
          {rows.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              className={classes.line}
              style={{ transform: `translateY(${start}px)`, width: total }}
              role="row"
              aria-rowindex={index + 2}
            >
              {isNumbered && (
                <div className={`${classes.cell} ${classes.number}`} role="rowheader" style={{ width: 64 }}>
                  {index + 1}
                </div>
              )}
              {table.columns.map((_, column) => (
                <div key={column} className={classes.cell} role="cell" style={{ width: widths[column] }}>
                  {visibleText(table.rows[index]?.[column] ?? "")}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
    </Paper>
  );
}

function width(texts: string[]): number {
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
  return Math.min(360, Math.max(70, longest * letter + 24));
}
