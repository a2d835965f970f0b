import { Anchor, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet, Section } from "../components/Section";
import { StatusBadge } from "../components/StatusBadge";
import { WideTable } from "../components/WideTable";
import { sites as t } from "../messages/en";
import { formatCount } from "../text/format";
import { Arrived, copyColours } from "./Arrived";

const renewMs = 5_000;
const shown = 50;

/** What moves between the sites of the zone now, and what waits. */
export function OnTheWay() {
  const query = useQuery({
    queryKey: ["copies", "on the way"],
    queryFn: () => must(api.GET("/copies", { params: { query: { limit: shown } } })),
    refetchInterval: renewMs,
  });
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheTransfers} onRetry={() => query.refetch()} />;
  if (!query.data) return null;
  const { items, count } = query.data;
  return (
    <Section title={t.transfers}>
      {items.length === 0 ? <Quiet>{t.noneInProgress}</Quiet> : <CopyTable copies={items} />}
      {count > items.length && (
        <Text size="sm" mt="xs">
          {t.theFirst(formatCount(items.length), formatCount(count))}
        </Text>
      )}
    </Section>
  );
}

function CopyTable({ copies }: { copies: Schemas["ComingCopyInfo"][] }) {
  return (
    <WideTable label={t.transfers} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.dataset}</Table.Th>
          <Table.Th w={110}>{t.from}</Table.Th>
          <Table.Th w={110}>{t.to}</Table.Th>
          <Table.Th w={110}>{t.state}</Table.Th>
          <Table.Th w={190}>{t.stored}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {copies.map(({ dataset, name, home, copy }) => (
          <Table.Tr key={`${dataset} ${copy.site}`}>
            <Table.Td>
              <Anchor component={Link} to={`/datasets/${dataset}/sites`} size="sm">
                <Name>{name}</Name>
              </Anchor>
              {copy.problem && (
                <Text size="sm" c="red">
                  {copy.problem}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <Name>{home}</Name>
            </Table.Td>
            <Table.Td>
              <Name>{copy.site}</Name>
            </Table.Td>
            <Table.Td>
              <StatusBadge colours={copyColours}>{copy.state}</StatusBadge>
            </Table.Td>
            <Table.Td>
              <Arrived copy={copy} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
