import { Button, Group, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { encodePath } from "../api/base";
import type { Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { FileIcon } from "../components/icons";
import { Name } from "../components/Name";
import { WideTable } from "../components/WideTable";
import type { Dataset } from "../dataset/context";
import type { Entry } from "../files/rows";
import { versions as t } from "../messages/en";
import { formatBytes, formatTime, fromNanoseconds } from "../text/format";
import { FileContent } from "../viewers/FileContent";
import { viewers } from "../viewers/registry";
import { chooseViewers } from "../viewers/viewer";
import { mostTextBytes, TextDifference } from "./TextDifference";

type Line = Schemas["DiffLine"];

interface FileDifferenceProps {
  dataset: Dataset;
  line: Line;
  from: string;
  to: string;
}

/** One file in two versions: what is said of it field by field, and its content side by side. */
export function FileDifference({ dataset, line, from, to }: FileDifferenceProps) {
  const before = line.before && { at: from, entry: { ...line.before, path: line.path } as Entry };
  const after = line.after && { at: to, entry: { ...line.after, path: line.path } as Entry };
  return (
    <Stack gap="md">
      <Fields before={before?.entry} after={after?.entry} from={from} to={to} />
      {before?.entry.kind === "file" && after?.entry.kind === "file" && isText(dataset, before.entry, after.entry) ? (
        <TextDifference
          dataset={dataset}
          before={before}
          after={after}
          otherwise={<SideBySide dataset={dataset} before={before} after={after} from={from} to={to} />}
        />
      ) : (
        <SideBySide dataset={dataset} before={before} after={after} from={from} to={to} />
      )}
    </Stack>
  );
}

/** Whether both are read as text by who opens them: then their lines are compared. */
function isText(dataset: Dataset, ...entries: Entry[]): boolean {
  return entries.every(({ path, contentType, size }) => {
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
  });
}

interface Side {
  at: string;
  entry: Entry;
}

interface SidesProps {
  dataset: Dataset;
  before: Side | undefined | null;
  after: Side | undefined | null;
  from: string;
  to: string;
}

function SideBySide({ dataset, before, after, from, to }: SidesProps) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Content dataset={dataset} side={before} at={from} />
      <Content dataset={dataset} side={after} at={to} />
    </SimpleGrid>
  );
}

function Content({ dataset, side, at }: { dataset: Dataset; side: Side | undefined | null; at: string }) {
  const [isWanted, setWanted] = useState((side?.entry.size ?? 0) < 64 * 1024 * 1024);
  return (
    <section aria-label={t.version(at)}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          @{at}
        </Title>
        {side && (
          <Button
            component={Link}
            size="compact-xs"
            variant="subtle"
            aria-label={t.openVersion(at)}
            to={`/datasets/${dataset.id}/files/${encodePath(side.entry.path)}?at=${encodeURIComponent(at)}`}
          >
            {t.open}
          </Button>
        )}
      </Group>
      {!side ? (
        <EmptyState icon={<FileIcon size={26} />} title={t.notInThisVersion} />
      ) : side.entry.kind !== "file" ? (
        <Text size="sm" c="dimmed">
          {side.entry.kind === "link" ? <Name wrap>{`→ ${side.entry.target ?? ""}`}</Name> : t.anEmptyFolder}
        </Text>
      ) : side.entry.size === 0 ? (
        <EmptyState icon={<FileIcon size={26} />} title={t.thisFileIsEmpty} />
      ) : isWanted ? (
        <FileContent key={side.entry.hash} dataset={dataset} at={at} entry={side.entry} />
      ) : (
        <Button variant="default" size="xs" onClick={() => setWanted(true)}>
          {t.show(formatBytes(side.entry.size))}
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

function Fields({ before, after, from, to }: { before?: Entry; after?: Entry; from: string; to: string }) {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (name) => (old[name] ?? "") !== (now[name] ?? ""),
  );
  if (names.length === 0 || !before || !after) return null;
  return (
    <WideTable label={t.propertiesOfTheFile} minWidth={420}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={120}>{t.field}</Table.Th>
          <Table.Th>@{from}</Table.Th>
          <Table.Th>@{to}</Table.Th>
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
