import { Anchor, Checkbox, Table, Text, VisuallyHidden } from "@mantine/core";
import { Link } from "react-router";
import { Time } from "../components/Time";
import { WideTable } from "../components/WideTable";
import { space as t } from "../messages/en";
import { formatBytes } from "../text/format";
import { visibleText } from "../text/visible";
import { canFree, type Line } from "./space";

interface SpaceLinesProps {
  lines: Line[];
  /** Ids of datasets. */
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
}

/** The lines, the largest first. Those that a request frees can be selected. */
export function SpaceLines({ lines, selected, onSelect }: SpaceLinesProps) {
  const free = lines.filter(canFree);
  const isAll = free.length > 0 && free.every((line) => selected.has(line.id));
  const isSome = free.some((line) => selected.has(line.id));
  const change = (id: string, isOn: boolean) => {
    const next = new Set(selected);
    if (isOn) next.add(id);
    else next.delete(id);
    onSelect(next);
  };
  return (
    <WideTable label={t.whatCanBeFreed} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={44}>
            {free.length > 0 ? (
              <Checkbox
                aria-label={t.selectAll}
                checked={isAll}
                indeterminate={isSome && !isAll}
                onChange={() => onSelect(new Set(isAll ? [] : free.map((line) => line.id)))}
              />
            ) : (
              <VisuallyHidden>{t.selectAll}</VisuallyHidden>
            )}
          </Table.Th>
          <Table.Th w={100} ta="right">
            {t.bytes}
          </Table.Th>
          <Table.Th w={200}>{t.dataset}</Table.Th>
          <Table.Th w={160}>{t.kind}</Table.Th>
          <Table.Th w={170}>{t.when}</Table.Th>
          <Table.Th>{t.proof}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={line.id}>
            <Table.Td>
              {canFree(line) && (
                <Checkbox
                  aria-label={t.select(line.name)}
                  checked={selected.has(line.id)}
                  onChange={(event) => change(line.id, event.currentTarget.checked)}
                />
              )}
            </Table.Td>
            <Table.Td ta="right">{formatBytes(line.bytes)}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>
              <Anchor component={Link} to={`/datasets/${line.id}`} size="sm">
                {visibleText(line.name)}
              </Anchor>
            </Table.Td>
            <Table.Td>{t.kinds[line.kind] ?? line.kind}</Table.Td>
            <Table.Td>{line.until ? <Time value={line.until} exact /> : t.afterCollection}</Table.Td>
            <Table.Td>
              {line.proofs.map((proof) => (
                <Text size="sm" key={proof}>
                  {visibleText(proof)}
                </Text>
              ))}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
