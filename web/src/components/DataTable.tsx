import { Group, Table, UnstyledButton } from "@mantine/core";
import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type SortingState,
  type Updater,
  useReactTable,
} from "@tanstack/react-table";
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
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

/** A table with sorting, for up to a few thousand rows. The address keeps the column: `by=-bytes`. */
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
  const body = useRef<HTMLTableSectionElement>(null);
  const onKeyDown = useRowKeys(body, rows);
  return (
    <Table aria-label={label} className={classes.table}>
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
      <Table.Tbody ref={body} onKeyDown={onKeyDown}>
        {table.getRowModel().rows.map((row) => (
          <Table.Tr key={row.id}>
            {row.getVisibleCells().map((cell) => (
              <Table.Td key={cell.id} className={lookClass((cell.column.columnDef.meta ?? {}) as ColumnLook)}>
                {flexRender(cell.column.columnDef.cell, cell.getContext())}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** The first link of a row. */
function linkOf(row: Element | undefined): HTMLElement | null {
  return row?.querySelector<HTMLElement>("a[href]") ?? null;
}

/** The links of the rows are one stop of the tab key; the arrow keys go from row to row. */
function useRowKeys(body: { current: HTMLTableSectionElement | null }, rows: unknown[]) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows that are drawn are those of the list
  useEffect(() => {
    const links = [...(body.current?.rows ?? [])].map((row) => linkOf(row));
    const chosen = links.findIndex((link) => link?.tabIndex === 0 && link.hasAttribute("data-stop"));
    for (const [place, link] of links.entries()) setStop(link, place === Math.max(0, chosen));
  }, [rows]);
  return (event: KeyboardEvent) => {
    const all = [...(body.current?.rows ?? [])];
    const at = all.findIndex((row) => linkOf(row) === event.target);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    const to = steps[event.key];
    const next = at < 0 || to === undefined ? null : linkOf(all[to]);
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setStop(event.target as HTMLElement, false);
    setStop(next, true);
    next.focus();
  };
}

function setStop(link: HTMLElement | null, isStop: boolean): void {
  if (!link) return;
  link.tabIndex = isStop ? 0 : -1;
  link.toggleAttribute("data-stop", isStop);
}

function lookClass(look: ColumnLook): string {
  return [look.wideOnly && classes.wide, look.numeric && classes.numeric].filter(Boolean).join(" ");
}
