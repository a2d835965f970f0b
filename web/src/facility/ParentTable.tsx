import { Table, Text } from "@mantine/core";
import { Name } from "../components/Name";
import { Section } from "../components/Section";
import { WideTable } from "../components/WideTable";
import { facility as t } from "../messages/en";
import type { Parent } from "./folders";

const ways: Record<string, string> = {
  notified: t.reportedByTheSystemAtOnce,
  polled: t.lookedAtEverySecond,
};

/** The watched parent folders, and how changes in them are noticed. */
export function ParentTable({ parents }: { parents: Parent[] }) {
  return (
    <Section title={t.watchedFolders}>
      <WideTable label={t.watchedFolders} minWidth={600}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="30%">{t.folder2}</Table.Th>
            <Table.Th w={130}>{t.fileSystem}</Table.Th>
            <Table.Th>{t.changesAre}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {parents.map(({ path, fileSystem, watch, notices }) => (
            <Table.Tr key={path}>
              <Table.Td>
                <Name wrap>{path}</Name>
              </Table.Td>
              <Table.Td>{fileSystem ?? "–"}</Table.Td>
              <Table.Td>
                {ways[watch] ?? watch}
                {notices.map((notice) => (
                  <Text key={notice} size="sm" c="dimmed" component="div">
                    <Name wrap>{notice}</Name>
                  </Text>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </Section>
  );
}
