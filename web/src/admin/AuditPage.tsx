import { Anchor, Button, Checkbox, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { EmptyState } from "../components/EmptyState";
import { ClockIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useListState } from "../components/useListState";
import { usePageTitle } from "../components/usePageTitle";
import { WideTable } from "../components/WideTable";
import { admin as t } from "../messages/en";
import { actionChoices, describeAction } from "../text/actions";
import { describeDetail } from "../text/details";
import { formatCount } from "../text/format";
import { type AuditFilter, downloadAudit, readAudit } from "./audit";

/** The audit log; the address keeps the filter. */
export default function AuditPage() {
  usePageTitle(t.auditLog);
  const [filter, change] = useListState<AuditFilter>({ user: "", action: "", target: "", day: "", server: "" });
  const [wanted] = useDebouncedValue(filter, 250);
  const download = useMutation({ mutationFn: () => downloadAudit(filter) });
  const query = useInfiniteQuery({
    queryKey: ["audit", wanted],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => readAudit(wanted, 200, pageParam),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const lines = useMemo(() => query.data?.pages.flatMap((page) => page.items ?? []) ?? [], [query.data]);
  return (
    <>
      <PageHeader title={t.auditLog}>{t.whoDidWhatNewestFirstEntries}</PageHeader>
      <Stack>
        <Group gap="sm" align="flex-end">
          <TextInput
            label={t.user}
            value={filter.user}
            onChange={(event) => change({ user: event.currentTarget.value })}
            w={160}
            spellCheck={false}
          />
          <Select
            label={t.action}
            placeholder={t.all}
            data={actionChoices}
            value={filter.action || null}
            onChange={(action) => change({ action: action ?? "" })}
            searchable
            clearable
            w={240}
          />
          <TextInput
            type="date"
            label={t.day}
            value={filter.day}
            onChange={(event) => change({ day: event.currentTarget.value })}
          />
          <Checkbox
            label={t.withTheServersOwn}
            checked={filter.server !== ""}
            onChange={(event) => change({ server: event.currentTarget.checked ? "yes" : "" })}
            mb={8}
          />
          {filter.target && (
            <Button variant="default" onClick={() => change({ target: "" })}>
              {t.only(lines[0]?.targetName ?? filter.target)}
            </Button>
          )}
          <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
            {t.downloadCsv}
          </Button>
        </Group>
        {download.isError && <ProblemAlert error={download.error} title={t.couldNotDownloadTheAuditLog} />}
        {download.data === false && <Text c="dimmed">{t.auditLogIsLonger}</Text>}
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadTheAuditLog} onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && lines.length === 0 && <EmptyState icon={<ClockIcon size={26} />} title={t.noEntries} />}
        {lines.length > 0 && (
          <WideTable label={t.auditLog} minWidth={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={70} ta="right">
                  {t.entry}
                </Table.Th>
                <Table.Th w={200}>{t.time}</Table.Th>
                <Table.Th w={150}>{t.user}</Table.Th>
                <Table.Th w={180}>{t.action}</Table.Th>
                <Table.Th>{t.target}</Table.Th>
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
                    <span title={line.action}>{describeAction(line.action)}</span>
                  </Table.Td>
                  <Table.Td style={{ maxWidth: 0 }}>
                    {line.target && (
                      <Anchor
                        component="button"
                        type="button"
                        size="sm"
                        truncate
                        maw="100%"
                        title={t.only2(line.target)}
                        onClick={() => change({ target: line.target ?? "" })}
                      >
                        <Name>{line.targetName ?? line.target}</Name>
                      </Anchor>
                    )}
                    {line.detail && (
                      <Text size="xs" c="dimmed" truncate title={line.detail}>
                        <Name>{describeDetail(line.action, line.detail)}</Name>
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
