import { Table } from "@mantine/core";
import { metadata as t } from "../messages/en";
import { visibleText } from "../text/visible";
import type { Change } from "./document";
import { shown } from "./values";

interface ChangeTableProps {
  label: string;
  changes: readonly Change[];
  /** Heads of the two columns of values. */
  before?: string;
  after?: string;
  titleOf?: (name: string) => string;
}

/** Values that differ, each with both sides. */
export function ChangeTable({
  label,
  changes,
  before = t.before,
  after = t.after,
  titleOf = (name) => name,
}: ChangeTableProps) {
  return (
    <Table aria-label={label} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t.value}</Table.Th>
          <Table.Th scope="col">{before}</Table.Th>
          <Table.Th scope="col">{after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody style={{ overflowWrap: "anywhere" }}>
        {changes.map((change) => {
          const name = change.path.join(".");
          return (
            <Table.Tr key={JSON.stringify(change.path)}>
              <Table.Th scope="row" fw={500}>
                {visibleText(titleOf(name))}
              </Table.Th>
              <Table.Td>{change.before === undefined ? "–" : visibleText(shown(change.before))}</Table.Td>
              <Table.Td>{change.after === undefined ? "–" : visibleText(shown(change.after))}</Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
