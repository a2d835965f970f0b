import { Badge, Group, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { encodePath } from "../api/base";
import { api, must, type Schemas } from "../api/client";
import { CopyField } from "../components/CopyField";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Time } from "../components/Time";
import { useListState } from "../components/useListState";
import { WideTable } from "../components/WideTable";
import { RunBadge } from "../lineage/RunBadge";
import { analysis as t } from "../messages/en";
import { formatBytes, formatCount, plural } from "../text/format";

const renewMs = 2_000;

/** The parts of a run, each a folder of its results, with their states; nothing for a run without parts. */
export function Parts({ run: listed }: { run: Schemas["RunInfo"] }) {
  const [{ parts: state }, change] = useListState({ parts: "" });
  const path = { run: listed.id };
  const query = useQuery({
    queryKey: ["run-parts", listed.id],
    queryFn: () => must(api.GET("/runs/{run}", { params: { path } })),
    // The list of runs does not count parts.
    refetchInterval: ({ state: { data } }) => (data?.parts && data.state === "running" ? renewMs : false),
  });
  const counts = query.data?.parts;
  const list = useInfiniteQuery({
    // Other counts, other parts.
    queryKey: ["parts", listed.id, state, counts?.running, counts?.done, counts?.failed],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/runs/{run}/parts", {
          params: { path, query: { limit: 100, cursor: pageParam, state: state || undefined } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: counts != null,
    placeholderData: (before) => before,
  });
  if (!counts) return null;
  const parts = list.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  const output = query.data?.outputs?.[0] as string | undefined;
  const known = counts.running + counts.done + counts.failed;
  return (
    <Section title={t.parts}>
      <Stack gap="xs">
        <Group gap="sm">
          <SegmentedControl
            size="xs"
            aria-label={t.stateOfTheParts}
            data={[
              { value: "", label: t.all(formatCount(known)) },
              { value: "running", label: t.running(formatCount(counts.running)) },
              { value: "done", label: t.done(formatCount(counts.done)) },
              { value: "failed", label: t.failedParts(formatCount(counts.failed)) },
            ]}
            value={state}
            onChange={(parts) => change({ parts })}
          />
          {counts.expected != null && (
            <Badge variant="light" tt="none" data-testid="expected-parts">
              {t.ofExpected(formatCount(counts.done), formatCount(counts.expected))}
            </Badge>
          )}
        </Group>
        <ProblemAlert error={list.error} title={t.couldNotLoadTheParts} onRetry={() => list.refetch()} />
        <WideTable label={t.parts} minWidth={320}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.part}</Table.Th>
              <Table.Th w={110}>{t.state}</Table.Th>
              <Table.Th w={80} ta="right" visibleFrom="sm">
                {t.attempts}
              </Table.Th>
              <Table.Th w={150} ta="right" visibleFrom="sm">
                {t.filesAndSize}
              </Table.Th>
              <Table.Th w={150} visibleFrom="sm">
                {t.started}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {parts.map((part) => (
              <Table.Tr key={part.part}>
                <Table.Td style={{ maxWidth: 0, overflowWrap: "anywhere" }}>
                  {part.state === "done" && output ? (
                    <Text
                      component={Link}
                      size="sm"
                      td="underline"
                      to={`/datasets/${output}/files/${encodePath(part.part)}/`}
                    >
                      <Name wrap>{part.part}</Name>
                    </Text>
                  ) : (
                    <Text size="sm">
                      <Name wrap>{part.part}</Name>
                    </Text>
                  )}
                  {part.message && (
                    <Text size="xs" c="dimmed">
                      <Name wrap>{part.message}</Name>
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <RunBadge run={{ state: part.state }} />
                </Table.Td>
                <Table.Td ta="right" fz="sm" visibleFrom="sm">
                  {part.attempt}
                </Table.Td>
                <Table.Td ta="right" fz="sm" visibleFrom="sm">
                  {part.state === "done" ? `${plural(part.files ?? 0, t.countFiles)}, ${formatBytes(part.bytes)}` : "–"}
                </Table.Td>
                <Table.Td fz="sm" visibleFrom="sm">
                  <Time value={part.started} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
        <MoreButton list={list} />
        {counts.failed > 0 && (
          <>
            <Text size="sm">{t.retryAPart}</Text>
            <CopyField label={t.commandForFailedParts} value={`hutch runs parts ${listed.id} --state failed`} />
          </>
        )}
      </Stack>
    </Section>
  );
}
