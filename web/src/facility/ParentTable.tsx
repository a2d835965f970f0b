import { Table, Text } from "@mantine/core";
import { Name } from "../components/Name";
import { Section } from "../components/Section";
import { WideTable } from "../components/WideTable";
import type { Parent } from "./folders";

const ways: Record<string, string> = {
  notified: "reported by the system at once",
  polled: "looked at every second",
};

/** The watched parent folders, and how changes in them are noticed. */
export function ParentTable({ parents }: { parents: Parent[] }) {
  return (
    <Section title="Watched folders">
      <WideTable label="Watched folders" minWidth={600}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="30%">Folder</Table.Th>
            <Table.Th w={130}>File system</Table.Th>
            <Table.Th>Changes are</Table.Th>
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
