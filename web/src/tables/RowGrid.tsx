import { Paper } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { ProblemAlert } from "../components/ProblemAlert";
import classes from "../components/TextTable.module.css";
import { tables as t } from "../messages/en";
import { visibleText } from "../text/visible";
import type { Opened } from "./messages";
import type { View } from "./rows/view";
import type { Table } from "./Table";
import { usePages } from "./usePages";

const rowHeight = 30;
const [narrow, usual, wide] = [90, 140, 220];
/** Browsers draw nothing that is farther down than about 17 million points. */
const maxShownRows = 500_000;

interface Props {
  table: Table;
  about: Opened;
  /** How many rows are seen. */
  count: number;
  /** Changes when other rows are seen, or in another order. */
  version: number;
  sort: View["sort"];
  onSort: (column: number) => void;
}

/** Rows and columns as they are scrolled to; only those that are visible are there. */
export function RowGrid({ table, about: { columns, isNumeric }, count, version, sort, onSort }: Props) {
  const viewport = useRef<HTMLDivElement>(null);
  const [first, setFirst] = useState(0);
  const shown = Math.min(count - first, maxShownRows);
  const widths = useMemo(
    () => columns.map((name, place) => Math.max(name.length * 9 + 40, isNumeric[place] ? usual : wide)),
    [columns, isNumeric],
  );
  const across = useVirtualizer({
    count: columns.length,
    horizontal: true,
    getScrollElement: () => viewport.current,
    estimateSize: (place) => widths[place] as number,
    paddingStart: narrow,
    overscan: 2,
  });
  const seen = across.getVirtualItems();
  const total = across.getTotalSize();
  /** How far the first of them lies from the number of the row. */
  const before = (seen[0]?.start ?? narrow) - narrow;
  const rows = useVirtualizer({
    count: shown,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const { rowAt, error, readAgain } = usePages(
    table,
    version,
    first + (items[0]?.index ?? 0),
    first + (items[items.length - 1]?.index ?? 0),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at the top.
  useEffect(() => {
    setFirst(0);
    viewport.current?.scrollTo({ top: 0 });
  }, [version]);
  const go = (to: number) => {
    setFirst(to);
    viewport.current?.scrollTo({ top: 0 });
  };
  return (
    <Paper withBorder style={{ overflow: "hidden" }}>
      <ProblemAlert error={error} title={t.couldNotReadTheseRows} onRetry={readAgain} />
      <div
        ref={viewport}
        className={classes.viewport}
        tabIndex={0}
        role="table"
        aria-label={t.contentAsATable}
        aria-rowcount={count + 1}
        aria-colcount={columns.length + 1}
      >
        <div role="rowgroup">
          <div className={classes.head} role="row" style={{ width: total }}>
            <div className={`${classes.cell} ${classes.number}`} role="columnheader" style={{ width: narrow }}>
              #
            </div>
            {seen.map(({ index: place, size }, at) => (
              <div
                key={place}
                className={classes.cell}
                role="columnheader"
                aria-colindex={place + 2}
                style={{ width: size, marginLeft: at === 0 ? before : 0 }}
                title={columns[place]}
                aria-sort={sort?.column !== place ? "none" : sort.isDown ? "descending" : "ascending"}
              >
                <button type="button" className={classes.sort} onClick={() => onSort(place)}>
                  {visibleText(columns[place] ?? "")}
                  {sort?.column === place && <span aria-hidden="true">{sort.isDown ? " ▾" : " ▴"}</span>}
                </button>
              </div>
            ))}
          </div>
        </div>
        <div className={classes.grid} style={{ height: rows.getTotalSize(), width: total }} role="rowgroup">
          {items.map(({ index, start }) => {
            const row = rowAt(first + index);
            return (
              <div
                key={index}
                className={classes.line}
                style={{ transform: `translateY(${start}px)`, width: total }}
                role="row"
                aria-rowindex={first + index + 2}
              >
                <div className={`${classes.cell} ${classes.number}`} role="rowheader" style={{ width: narrow }}>
                  {row ? row.number + 1 : "…"}
                </div>
                {seen.map(({ index: place, size }, at) => (
                  <div
                    key={place}
                    className={classes.cell}
                    role="cell"
                    aria-colindex={place + 2}
                    style={{ width: size, marginLeft: at === 0 ? before : 0 }}
                  >
                    {visibleText(row?.texts[place] ?? "")}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {count > maxShownRows && (
        <div className={classes.more}>
          <button type="button" disabled={first === 0} onClick={() => go(first - maxShownRows)}>
            {t.rowsBefore}
          </button>
          <button type="button" disabled={first + maxShownRows >= count} onClick={() => go(first + maxShownRows)}>
            {t.rowsAfter}
          </button>
        </div>
      )}
    </Paper>
  );
}
