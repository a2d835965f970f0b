import { Group, Table, UnstyledButton } from "@mantine/core";
import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type Row,
  type SortingState,
  type Updater,
  useReactTable,
} from "@tanstack/react-table";
import { type KeyboardEvent, memo, type RefObject, useLayoutEffect, useMemo, useState } from "react";
import { flushSync } from "react-dom";
import { chunkRows, useChunks } from "../grid/useChunks";
import { visibleText } from "../text/visible";
import classes from "./DataTable.module.css";
import { SortDownIcon, SortIcon, SortUpIcon } from "./icons";
import { useListState } from "./useListState";

/** Layout of a column. */
export interface ColumnLook {
  /** Hidden on narrow screens. */
  wideOnly?: boolean;
  numeric?: boolean;
  width?: number | string;
}

interface DataTableProps<T> {
  label: string;
  rows: T[];
  columns: ColumnDef<T>[];
  rowId: (row: T) => string;
  /** Sorting makes sense only once all rows are loaded. */
  canSort?: boolean;
}

// Always the same: the table works anew, and for ever, when its state is another one at each look.
const unsorted: SortingState = [];

/** A table of any length with sorting; the rows near the window are drawn. The address keeps the column: `by=-bytes`. */
export function DataTable<T>({ label, rows, columns, rowId, canSort = true }: DataTableProps<T>) {
  const [{ by }, setAddress] = useListState({ by: "" });
  const sorting = useMemo<SortingState>(
    () => (by ? [{ id: by.replace(/^-/, ""), desc: by.startsWith("-") }] : []),
    [by],
  );
  const setSorting = (change: Updater<SortingState>) => {
    const [first] = typeof change === "function" ? change(sorting) : change;
    setAddress({ by: first ? `${first.desc ? "-" : ""}${first.id}` : "" });
  };
  const table = useReactTable({
    data: rows,
    columns,
    getRowId: rowId,
    state: { sorting: canSort ? sorting : unsorted },
    autoResetAll: false,
    onSortingChange: setSorting,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    enableSorting: canSort,
  });
  const chunks = useChunks(rows.length, label);
  const keys = useRowKeys(chunks.table, rows.length);
  const drawn = table.getRowModel().rows;
  const ids = useMemo(() => columns.map((column) => String(column.id)), [columns]);
  return (
    <Table
      ref={chunks.table}
      aria-label={label}
      aria-rowcount={chunks.count > 1 ? rows.length + 1 : undefined}
      className={classes.table}
      onKeyDown={keys.onKeyDown}
    >
      <Table.Thead>
        {table.getHeaderGroups().map((group) => (
          <Table.Tr key={group.id}>
            {group.headers.map((header) => {
              const look = (header.column.columnDef.meta ?? {}) as ColumnLook;
              const direction = header.column.getIsSorted();
              const label = flexRender(header.column.columnDef.header, header.getContext());
              return (
                <Table.Th
                  key={header.id}
                  scope="col"
                  aria-sort={direction === "asc" ? "ascending" : direction === "desc" ? "descending" : undefined}
                  className={lookClass(look)}
                  w={look.width}
                >
                  {header.column.getCanSort() ? (
                    <UnstyledButton onClick={header.column.getToggleSortingHandler()} className={classes.sort}>
                      <Group gap={4} wrap="nowrap" justify={look.numeric ? "flex-end" : "flex-start"}>
                        {label}
                        {direction === "asc" ? (
                          <SortUpIcon size={13} />
                        ) : direction === "desc" ? (
                          <SortDownIcon size={13} />
                        ) : (
                          <SortIcon size={13} className={classes.idle} />
                        )}
                      </Group>
                    </UnstyledButton>
                  ) : (
                    label
                  )}
                </Table.Th>
              );
            })}
          </Table.Tr>
        ))}
      </Table.Thead>
      {Array.from({ length: chunks.count }, (_, chunk) => {
        const first = chunk * chunkRows;
        const isDrawn = chunks.isDrawn(chunk) || chunk === Math.floor(keys.stop / chunkRows);
        return (
          <Table.Tbody key={chunk} aria-hidden={!isDrawn || undefined}>
            {isDrawn ? (
              <Members rows={drawn.slice(first, first + chunkRows)} first={chunks.count > 1 ? first : undefined} />
            ) : (
              <Space rows={drawn} first={first} rowHeight={chunks.rowHeightOf(chunk)} columns={ids} />
            )}
          </Table.Tbody>
        );
      })}
    </Table>
  );
}

/** The rows of a chunk. They have numbers where not all of the table is drawn. */
function Members<T>({ rows, first }: { rows: Row<T>[]; first: number | undefined }) {
  return rows.map((row, place) => (
    <Table.Tr key={row.id} aria-rowindex={first === undefined ? undefined : first + place + 2}>
      {row.getVisibleCells().map((cell) => (
        <Table.Td key={cell.id} className={lookClass((cell.column.columnDef.meta ?? {}) as ColumnLook)}>
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}

/**
 * The place of a chunk that is not drawn. The browser's own search finds the first cells of its rows, at the height where they will be, and
 * scrolls there.
 */
const Space = memo(function Space<T>({ rows, first, rowHeight, columns }: SpaceProps<T>) {
  const members = rows.slice(first, first + chunkRows);
  const words = members.map((row) => visibleText(String(row.getValue(columns[0] ?? "") ?? "")));
  return (
    <tr>
      <td
        colSpan={columns.length}
        className={classes.space}
        style={{ height: rowHeight * members.length, lineHeight: `${rowHeight}px` }}
      >
        <div ref={hideUntilFound}>{words.join("\n")}</div>
      </td>
    </tr>
  );
});

interface SpaceProps<T> {
  rows: Row<T>[];
  /** The place of the first row of the chunk. */
  first: number;
  rowHeight: number;
  /** The ids of the columns. */
  columns: string[];
}

/** React knows `hidden` only as yes or no. */
function hideUntilFound(element: HTMLElement | null): void {
  element?.setAttribute("hidden", "until-found");
}

/** The first link of a row. */
function linkOf(row: Element | undefined | null): HTMLElement | null {
  return row?.querySelector<HTMLElement>("a[href]") ?? null;
}

/** The rows that are drawn, by their places. */
function rowsOf(table: HTMLTableElement | null): Map<number, HTMLTableRowElement> {
  return new Map(
    [...(table?.tBodies ?? [])].flatMap((body, chunk) =>
      body.hasAttribute("aria-hidden")
        ? []
        : [...body.rows].map((row, place) => [chunk * chunkRows + place, row] as const),
    ),
  );
}

/** The links of the rows are one stop of the tab key; the arrow keys go from row to row. */
function useRowKeys(table: RefObject<HTMLTableElement>, count: number) {
  const [stop, setStop] = useState(0);
  useLayoutEffect(() => {
    const rows = rowsOf(table.current);
    const chosen = linkOf(rows.get(stop)) ?? [...rows.values()].map(linkOf).find((link) => link !== null);
    for (const row of rows.values()) {
      const link = linkOf(row);
      if (link) link.tabIndex = link === chosen ? 0 : -1;
    }
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const at = [...rowsOf(table.current)].find(([, row]) => linkOf(row) === event.target)?.[0];
    if (at === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 };
    const to = steps[event.key];
    if (to === undefined || to < 0 || to >= count) return;
    event.preventDefault();
    flushSync(() => setStop(to));
    linkOf(rowsOf(table.current).get(to))?.focus();
  };
  return { stop, onKeyDown };
}

function lookClass(look: ColumnLook): string {
  return [look.wideOnly && classes.wide, look.numeric && classes.numeric].filter(Boolean).join(" ");
}
