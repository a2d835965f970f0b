import { Badge, Box, Group, Text } from "@mantine/core";
import { type ColumnDef, flexRender } from "@tanstack/react-table";
import { Link } from "react-router";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import { datasets as t } from "../messages/en";
import { formatBytes, formatCount } from "../text/format";
import { DatasetPicture } from "../thumbnails/DatasetPicture";
import classes from "./DatasetsPage.module.css";
import { foundIn } from "./match";
import { StateBadge } from "./StateBadge";

type Dataset = Schemas["DatasetInfo"];

const nameColumn: ColumnDef<Dataset> = {
  id: "name",
  accessorFn: (row) => row.name,
  header: t.name,
  cell: ({ row: { original } }) => (
    <Box miw={0}>
      <Link to={`/datasets/${original.id}`} className={classes.name}>
        <Name>{original.name}</Name>
      </Link>
      {original.title && (
        <Text size="xs" c="dimmed" className={classes.title}>
          <Name>{original.title}</Name>
        </Text>
      )}
      {original.match && (
        <Text size="xs" c="dimmed" className={classes.title}>
          <Name>{foundIn(original.match)}</Name>
        </Text>
      )}
    </Box>
  ),
};
const sizeColumns: ColumnDef<Dataset>[] = [
  {
    id: "files",
    accessorFn: (row) => row.files,
    header: t.entries,
    cell: ({ row }) => formatCount(row.original.files),
    meta: { numeric: true, wideOnly: true, width: 110 },
  },
  {
    id: "bytes",
    accessorFn: (row) => row.bytes,
    header: t.size,
    cell: ({ row }) => formatBytes(row.original.bytes),
    meta: { numeric: true, width: 88 },
  },
];

const namedPicture: ColumnDef<Dataset> = {
  ...nameColumn,
  cell: (context) => (
    <Group gap="sm" wrap="nowrap">
      <DatasetPicture dataset={context.row.original} size={32} />
      {flexRender(nameColumn.cell, context)}
    </Group>
  ),
};

/** What lists of datasets show of each. */
export const columns: ColumnDef<Dataset>[] = [
  namedPicture,
  {
    id: "state",
    accessorFn: (row) => row.state,
    header: t.state,
    cell: ({ row }) => <StateBadge dataset={row.original} />,
    meta: { width: 112 },
  },
  {
    id: "type",
    accessorFn: (row) => row.type,
    header: t.type,
    cell: ({ row }) => (
      <Text size="sm" c="dimmed" truncate>
        <Name>{row.original.type}</Name>
      </Text>
    ),
    meta: { wideOnly: true, width: 150 },
  },
  ...sizeColumns,
  {
    id: "created",
    accessorFn: (row) => row.created,
    header: t.created,
    sortDescFirst: true,
    cell: ({ row }) => (
      <Text size="sm" c="dimmed">
        <Time value={row.original.created} />
      </Text>
    ),
    meta: { wideOnly: true, width: 130 },
  },
];

/** The same, of what is in the trash. */
export const trashColumns: ColumnDef<Dataset>[] = [
  nameColumn,
  ...sizeColumns,
  {
    id: "until",
    accessorFn: (row) => row.trashedUntil ?? "",
    header: t.expires,
    cell: ({ row }) => (
      <Badge variant="light" color="orange" tt="none">
        <Time value={row.original.trashedUntil} />
      </Badge>
    ),
    meta: { width: 130 },
  },
];
