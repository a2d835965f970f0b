import { Group, Paper, Stack, Text } from "@mantine/core";
import type { ColumnDef } from "@tanstack/react-table";
import type { ReactNode } from "react";
import { DataTable } from "../components/DataTable";
import { Time } from "../components/Time";
import { facility as t } from "../messages/en";
import { formatBytes, formatCount, plural } from "../text/format";
import { FolderName } from "./FolderName";
import { FolderState } from "./FolderState";
import type { Folder } from "./folders";

interface FolderTableProps {
  label: string;
  folders: Folder[];
  /** How many there are in all. */
  count: number;
  /** Loads more of them. */
  more?: ReactNode;
}

/** Folders, in their order. */
export function FolderTable({ label, folders, count, more }: FolderTableProps) {
  const isWhole = folders.length >= count;
  return (
    <Stack gap="sm">
      <Paper withBorder style={{ overflow: "hidden" }}>
        <DataTable label={label} rows={folders} columns={columns} rowId={(row) => row.folder} canSort={isWhole} />
      </Paper>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {isWhole
            ? plural(folders.length, t.countFolders)
            : t.of(formatCount(folders.length), plural(count, t.countFolders))}
        </Text>
        {more}
      </Group>
    </Stack>
  );
}

const columns: ColumnDef<Folder>[] = [
  {
    id: "folder",
    accessorFn: (row) => row.folder,
    header: t.folder2,
    cell: ({ row }) => <FolderName folder={row.original} />,
  },
  {
    id: "state",
    accessorFn: (row) => row.state,
    header: t.state,
    cell: ({ row }) => <FolderState state={row.original.state} />,
    meta: { wideOnly: true, width: 140 },
  },
  {
    id: "files",
    accessorFn: (row) => row.files,
    header: t.files,
    cell: ({ row: { original } }) => (
      <>
        {formatCount(original.files)}
        {original.pendingHashes > 0 && (
          <Text size="xs" c="dimmed">
            {t.toHash(formatCount(original.pendingHashes))}
          </Text>
        )}
      </>
    ),
    meta: { numeric: true, wideOnly: true, width: 100 },
  },
  {
    id: "bytes",
    accessorFn: (row) => row.bytes,
    header: t.size,
    cell: ({ row: { original } }) => (
      <>
        {formatBytes(original.bytes)}
        {original.bytesPerSecond > 0 && <Text size="xs">+{formatBytes(original.bytesPerSecond)}/s</Text>}
      </>
    ),
    meta: { numeric: true, width: 100 },
  },
  {
    id: "changed",
    accessorFn: (row) => row.changed,
    header: t.changed,
    sortDescFirst: true,
    cell: ({ row }) => <Moment value={row.original.changed} />,
    meta: { wideOnly: true, width: 130 },
  },
  {
    id: "keepUntil",
    accessorFn: (row) => row.keepUntil ?? "9999",
    header: t.keptUntil,
    cell: ({ row: { original } }) => (
      <Moment value={original.keepUntil} none={original.state === "published" ? t.noEnd : "–"} />
    ),
    meta: { wideOnly: true, width: 130 },
  },
];

function Moment({ value, none = "–" }: { value: string | null | undefined; none?: string }) {
  return (
    <Text size="sm" c="dimmed">
      {value ? <Time value={value} /> : none}
    </Text>
  );
}
