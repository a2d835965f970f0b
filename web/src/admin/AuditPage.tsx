import { NumberInput, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { ClockIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { WideTable } from "../components/WideTable";
import { formatCount } from "../text/format";

/** The audit log. */
export default function AuditPage() {
  usePageTitle("Audit log");
  const [last, setLast] = useState<number | string>("");
  const before = last === "" ? undefined : Number(last) + 1;
  const query = useInfiniteQuery({
    queryKey: ["audit", before],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(api.GET("/audit", { params: { query: { newest: true, limit: 200, before, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const lines = useMemo(() => query.data?.pages.flatMap((page) => page.items ?? []) ?? [], [query.data]);
  return (
    <>
      <PageHeader title="Audit log">Who did what, newest first. Entries cannot be changed or deleted.</PageHeader>
      <Stack>
        <NumberInput
          label="Up to entry"
          value={last}
          onChange={setLast}
          min={1}
          allowDecimal={false}
          placeholder="latest"
          w={160}
        />
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title="Could not load the audit log" onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && lines.length === 0 && <EmptyState icon={<ClockIcon size={26} />} title="No entries" />}
        {lines.length > 0 && (
          <WideTable label="Audit log" minWidth={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={70} ta="right">
                  Entry
                </Table.Th>
                <Table.Th w={200}>Time</Table.Th>
                <Table.Th w={150}>User</Table.Th>
                <Table.Th w={180}>Action</Table.Th>
                <Table.Th>Target</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lines.map((line) => (
                <Table.Tr key={line.sequence}>
                  <Table.Td ta="right">{formatCount(line.sequence)}</Table.Td>
                  <Table.Td>
                    <Text size="sm" style={{ whiteSpace: "nowrap" }}>
                      <Time value={line.time} exact />
                    </Text>
                  </Table.Td>
                  <Table.Td style={{ maxWidth: 150 }}>
                    <Name>{line.user ?? "–"}</Name>
                  </Table.Td>
                  <Table.Td>
                    <Name>{line.action}</Name>
                  </Table.Td>
                  <Table.Td style={{ maxWidth: 0 }}>
                    <Text size="sm" truncate>
                      <Name>{line.target ?? ""}</Name>
                    </Text>
                    {line.detail && (
                      <Text size="xs" c="dimmed" truncate>
                        <Name>{line.detail}</Name>
                      </Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </WideTable>
        )}
        <MoreButton list={query} />
      </Stack>
    </>
  );
}
