import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import type { ColumnDef } from "@tanstack/react-table";
import { useState } from "react";
import { DataTable } from "../components/DataTable";
import { Time } from "../components/Time";
import { formatBytes, formatCount, plural } from "../text/format";
import { FolderName } from "./FolderName";
import { FolderState } from "./FolderState";
import { type Folder, inOrder } from "./folders";

const shownFirst = 200;

/** Folders, those first that need somebody. */
export function FolderTable({ label, folders }: { label: string; folders: Folder[] }) {
  const [most, setMost] = useState(shownFirst);
  const rows = inOrder(folders).slice(0, most);
  const isWhole = rows.length === folders.length;
  return (
    <Stack gap="sm">
      <Paper withBorder style={{ overflow: "hidden" }}>
        <DataTable label={label} rows={rows} columns={columns} rowId={(row) => row.folder} canSort={isWhole} />
      </Paper>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {isWhole
            ? plural(rows.length, "folder")
            : `${formatCount(rows.length)} of ${plural(folders.length, "folder")}`}
        </Text>
        {!isWhole && (
          <Button variant="default" size="xs" onClick={() => setMost(most + shownFirst)}>
            Show more
          </Button>
        )}
      </Group>
    </Stack>
  );
}

const columns: ColumnDef<Folder>[] = [
  {
    id: "folder",
    accessorFn: (row) => row.folder,
    header: "Folder",
    cell: ({ row }) => <FolderName folder={row.original} />,
  },
  {
    id: "state",
    accessorFn: (row) => row.state,
    header: "State",
    cell: ({ row }) => <FolderState state={row.original.state} />,
    meta: { wideOnly: true, width: 140 },
  },
  {
    id: "files",
    accessorFn: (row) => row.files,
    header: "Files",
    cell: ({ row: { original } }) => (
      <>
        {formatCount(original.files)}
        {original.pendingHashes > 0 && (
          <Text size="xs" c="dimmed">
            {formatCount(original.pendingHashes)} to hash
          </Text>
        )}
      </>
    ),
    meta: { numeric: true, wideOnly: true, width: 100 },
  },
  {
    id: "bytes",
    accessorFn: (row) => row.bytes,
    header: "Size",
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
    header: "Changed",
    sortDescFirst: true,
    cell: ({ row }) => <Moment value={row.original.changed} />,
    meta: { wideOnly: true, width: 130 },
  },
  {
    id: "keepUntil",
    accessorFn: (row) => row.keepUntil ?? "9999",
    header: "Kept until",
    cell: ({ row: { original } }) => (
      <Moment value={original.keepUntil} none={original.state === "published" ? "no end" : "–"} />
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
