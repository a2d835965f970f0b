import { useEffect, useMemo } from "react";
import { ProblemAlert } from "../components/ProblemAlert";
import { TextGrid, textRows } from "../grid/TextGrid";
import classes from "../grid/TextGrid.module.css";
import { useRows } from "../grid/useRows";
import { tables as t } from "../messages/en";
import { visibleText } from "../text/visible";
import type { Opened } from "./messages";
import type { View } from "./rows/view";
import type { Table } from "./Table";
import { usePages } from "./usePages";

const [narrow, usual, wide] = [90, 140, 220];

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

/** The rows of a file, which are read as they are scrolled to. */
export function RowGrid({ table, about: { columns, isNumeric }, count, version, sort, onSort }: Props) {
  const rows = useRows({ count, ...textRows });
  const widths = useMemo(
    () => columns.map((name, place) => Math.max(name.length * 9 + 40, isNumeric[place] ? usual : wide)),
    [columns, isNumeric],
  );
  const { rowAt, error, readAgain } = usePages(table, version, rows.first, Math.max(rows.first, rows.last));
  const { toTop } = rows;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at the top.
  useEffect(toTop, [version, toTop]);
  return (
    <>
      <ProblemAlert error={error} title={t.couldNotReadTheseRows} onRetry={readAgain} />
      <TextGrid
        label={t.contentAsATable}
        columns={columns}
        widths={widths}
        isNumeric={isNumeric}
        numbers={narrow}
        count={count}
        rows={rows}
        rowAt={(place) => {
          const row = rowAt(place);
          return row && { number: String(row.number + 1), texts: row.texts };
        }}
        sortOf={(column) => (sort?.column !== column ? "none" : sort.isDown ? "descending" : "ascending")}
        headOf={(column) => (
          <button type="button" className={classes.sort} onClick={() => onSort(column)}>
            {visibleText(columns[column] ?? "")}
            {sort?.column === column && <span aria-hidden="true">{sort.isDown ? " ▾" : " ▴"}</span>}
          </button>
        )}
      />
    </>
  );
}
