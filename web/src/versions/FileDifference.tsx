import { Button, Group, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { encodePath } from "../api/base";
import type { Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { FileIcon } from "../components/icons";
import { Name } from "../components/Name";
import { WideTable } from "../components/WideTable";
import type { Entry } from "../files/rows";
import { versions as t } from "../messages/en";
import { formatBytes, formatTime, fromNanoseconds } from "../text/format";
import { FileContent } from "../viewers/FileContent";
import { viewers } from "../viewers/registry";
import { chooseViewers } from "../viewers/viewer";
import type { Side } from "./side";
import { mostTextBytes, TextDifference } from "./TextDifference";

type Line = Schemas["DiffLine"];

interface FileDifferenceProps {
  line: Line;
  before: Side;
  after: Side;
}

/** A side with its entry at the path; undefined where it has none. */
export interface SideEntry extends Side {
  entry: Entry | undefined;
}

/** One file on two sides: what is said of it field by field, and its content side by side. */
export function FileDifference({ line, ...sides }: FileDifferenceProps) {
  const entryOf = (entry: Line["before"]) => (entry ? ({ ...entry, path: line.path } as Entry) : undefined);
  const before: SideEntry = { ...sides.before, entry: entryOf(line.before) };
  const after: SideEntry = { ...sides.after, entry: entryOf(line.after) };
  const sideBySide = (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Content side={before} />
      <Content side={after} />
    </SimpleGrid>
  );
  return (
    <Stack gap="md">
      <Fields before={before} after={after} />
      {isText(before) && isText(after) ? (
        <TextDifference before={before} after={after} otherwise={sideBySide} />
      ) : (
        sideBySide
      )}
    </Stack>
  );
}

/** Whether a side is a file that is read as text by who opens it: the lines of two such files are compared. */
function isText({ dataset, entry }: SideEntry): boolean {
  if (entry?.kind !== "file") return false;
  const { path, contentType, size } = entry;
  if (/\.svg$/i.test(path) || contentType?.startsWith("image/")) return false;
  const facts = {
    name: path.slice(path.lastIndexOf("/") + 1),
    contentType,
    size: size ?? 0,
    datasetType: dataset.type,
  };
  const [first, ...others] = chooseViewers(viewers, facts);
  return (
    facts.size <= mostTextBytes &&
    first !== undefined &&
    !["image", "frame", "hdf5", "volume"].includes(first.name) &&
    [first, ...others].some(({ name }) => name === "text")
  );
}

/** The page of an entry, as a side has it. */
export function entryAddress({ dataset, at }: Side, path: string): string {
  return `/datasets/${dataset.id}/files/${encodePath(path)}${at ? `?at=${encodeURIComponent(at)}` : ""}`;
}

function Content({ side }: { side: SideEntry }) {
  const { dataset, at, entry } = side;
  const [isWanted, setWanted] = useState((entry?.size ?? 0) < 64 * 1024 * 1024);
  return (
    <section aria-label={side.title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          <Name wrap>{side.label}</Name>
        </Title>
        {entry && (
          <Button
            component={Link}
            size="compact-xs"
            variant="subtle"
            aria-label={t.openSide(side.title)}
            to={entryAddress(side, entry.path)}
          >
            {t.open}
          </Button>
        )}
      </Group>
      {!entry ? (
        <EmptyState icon={<FileIcon size={26} />} title={at ? t.notInThisVersion : t.notInThisDataset} />
      ) : entry.kind !== "file" ? (
        <Text size="sm" c="dimmed">
          {entry.kind === "link" ? <Name wrap>{`→ ${entry.target ?? ""}`}</Name> : t.anEmptyFolder}
        </Text>
      ) : entry.size === 0 ? (
        <EmptyState icon={<FileIcon size={26} />} title={t.thisFileIsEmpty} />
      ) : isWanted ? (
        <FileContent key={entry.hash} dataset={dataset} at={at} entry={entry} />
      ) : (
        <Button variant="default" size="xs" onClick={() => setWanted(true)}>
          {t.show(formatBytes(entry.size))}
        </Button>
      )}
    </section>
  );
}

/** What is said of an entry, by field; those that are the same are left out. */
function fieldsOf(entry: Entry | undefined): Record<string, string> {
  if (!entry) return {};
  return {
    Kind: entry.kind,
    Size: entry.kind === "file" ? formatBytes(entry.size) : "",
    "SHA-256": entry.hash ?? "",
    Modified: entry.modified ? formatTime(fromNanoseconds(entry.modified)) : "",
    Type: entry.contentType ?? "",
    Executable: entry.executable ? "yes" : "",
    Target: entry.target ?? "",
    ...Object.fromEntries(Object.entries(entry.metadata ?? {}).map(([name, value]) => [`“${name}”`, String(value)])),
  };
}

function Fields({ before, after }: { before: SideEntry; after: SideEntry }) {
  const [old, now] = [fieldsOf(before.entry), fieldsOf(after.entry)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (name) => (old[name] ?? "") !== (now[name] ?? ""),
  );
  if (names.length === 0 || !before.entry || !after.entry) return null;
  return (
    <WideTable label={t.propertiesOfTheFile} minWidth={420}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={120}>{t.field}</Table.Th>
          <Table.Th>
            <Name wrap>{before.label}</Name>
          </Table.Th>
          <Table.Th>
            <Name wrap>{after.label}</Name>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {names.map((name) => (
          <Table.Tr key={name}>
            <Table.Td>{name}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{old[name]}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{now[name]}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
