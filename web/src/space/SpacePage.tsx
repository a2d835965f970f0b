import { Alert, Button, Group, NativeSelect, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { Figure } from "../components/Figure";
import { ChartIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { TextWithCode } from "../components/TextWithCode";
import { usePageTitle } from "../components/usePageTitle";
import { WideTable } from "../components/WideTable";
import { space as t } from "../messages/en";
import { SaveTable } from "../saving/SaveTable";
import { formatBytes, formatCount } from "../text/format";
import { FreeDialog } from "./FreeDialog";
import { SpaceLines } from "./SpaceLines";
import { type Freed, type Obstacle, type Space, writeLines } from "./space";

/** What can be freed, what prevents the rest, and a button that frees what is selected. */
export default function SpacePage() {
  usePageTitle(t.title);
  const queries = useQueryClient();
  const [by, setBy] = useState("owner");
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  const [freed, setFreed] = useState<Freed[]>([]);
  const query = useQuery({
    queryKey: ["space", by],
    queryFn: () => must(api.GET("/space", { params: { query: { by, limit: 100 } } })),
    // Another sum changes nothing else: the page stays.
    placeholderData: (before) => before,
  });
  const space = query.data;
  const more = space?.more ?? 0;
  const lines = space?.lines.filter((line) => selected.has(line.id)) ?? [];
  return (
    <>
      <PageHeader title={t.title} actions={space && <SaveTable name="space" write={writeLines} />}>
        {t.hint}
      </PageHeader>
      {query.isPending && <Loading label={t.loading} rows={8} />}
      {query.isError && <ProblemAlert error={query.error} title={t.couldNotLoad} onRetry={() => query.refetch()} />}
      {space && (
        <Stack gap="xl">
          <Summary space={space} />
          <Outcome freed={freed} onClose={() => setFreed([])} />
          {space.lines.length === 0 ? (
            <EmptyState icon={<ChartIcon size={32} />} title={t.nothing}>
              {t.nothingHint}
            </EmptyState>
          ) : (
            <div>
              <Group justify="space-between" mb="xs">
                <Title order={2} size="h4">
                  {t.whatCanBeFreed}
                </Title>
                <Button disabled={lines.length === 0} onClick={() => setAsking(true)}>
                  {lines.length === 0 ? t.free : t.freeSelected(formatBytes(sumOf(lines)))}
                </Button>
              </Group>
              <SpaceLines lines={space.lines} selected={selected} onSelect={setSelected} />
              {more > 0 && (
                <Text size="sm" c="dimmed" mt="xs">
                  {t.further(more, formatBytes(space.moreBytes))}
                </Text>
              )}
            </div>
          )}
          {space.lines.length > 0 && <Sums space={space} by={by} onBy={setBy} />}
          <Obstacles obstacles={space.obstacles} />
        </Stack>
      )}
      {isAsking && (
        <FreeDialog
          lines={lines}
          onClose={() => setAsking(false)}
          onFreed={async (done) => {
            setFreed(done);
            setSelected(new Set());
            await queries.invalidateQueries({ queryKey: ["space"] });
          }}
        />
      )}
    </>
  );
}

const sumOf = (lines: { bytes: number }[]) => lines.reduce((sum, line) => sum + line.bytes, 0);

function Summary({ space }: { space: Space }) {
  return (
    <div>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Figure label={space.exact ? t.canBeFreed : t.canBeFreedAtMost} value={formatBytes(space.bytes)} />
        <Figure label={t.lines} value={formatCount(space.lines.length + (space.more ?? 0))} />
        {space.shared > 0 && <Figure label={t.freedTogether} value={formatBytes(space.shared)} />}
      </SimpleGrid>
      {!space.exact && (
        <Text size="sm" c="dimmed" mt="xs">
          {t.notExact}
        </Text>
      )}
      {!space.whole && (
        <Text size="sm" mt="xs">
          {t.notWhole}
        </Text>
      )}
    </div>
  );
}

/** What became of the last selection. */
function Outcome({ freed, onClose }: { freed: Freed[]; onClose: () => void }) {
  if (freed.length === 0) return null;
  const isRefused = freed.some((one) => one.isRefused);
  return (
    <Alert
      color={isRefused ? "yellow" : "green"}
      title={t.freedBytes(formatBytes(sumOf(freed)))}
      withCloseButton
      onClose={onClose}
      role="status"
    >
      <Stack gap={4}>
        {freed.map((one) => (
          <Text size="sm" key={one.line.id}>
            {formatBytes(one.bytes)} · {one.line.name} ·{" "}
            <TextWithCode>{one.isRefused ? t.refused(one.state) : one.state}</TextWithCode>
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

function Sums({ space, by, onBy }: { space: Space; by: string; onBy: (by: string) => void }) {
  const nameOf = (of: string) => (by === "age" ? t.ages[of] : by === "kind" ? t.kinds[of] : of) ?? of;
  return (
    <div>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t.sums}
        </Title>
        <NativeSelect
          aria-label={t.by}
          value={by}
          onChange={(event) => onBy(event.currentTarget.value)}
          data={Object.entries(t.byWhat).map(([value, label]) => ({ value, label }))}
        />
      </Group>
      <WideTable label={t.sums} minWidth={360}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.byWhat[by]}</Table.Th>
            <Table.Th w={110} ta="right">
              {t.datasets}
            </Table.Th>
            <Table.Th w={110} ta="right">
              {t.bytes}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {space.sums.map((sum) => (
            <Table.Tr key={sum.of}>
              <Table.Td>{sum.of === "" ? <Text c="dimmed">{t.without}</Text> : <Name>{nameOf(sum.of)}</Name>}</Table.Td>
              <Table.Td ta="right">{formatCount(sum.datasets)}</Table.Td>
              <Table.Td ta="right">{formatBytes(sum.bytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </div>
  );
}

function Obstacles({ obstacles }: { obstacles: Obstacle[] }) {
  if (obstacles.length === 0) return null;
  return (
    <div>
      <Title order={2} size="h4" mb="xs">
        {t.obstacles}
      </Title>
      <WideTable label={t.obstacles} minWidth={620}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={160} ta="right">
              {t.datasets}
            </Table.Th>
            <Table.Th>{t.why}</Table.Th>
            <Table.Th w={190}>{t.who}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {obstacles.map((one) => (
            <Table.Tr key={one.code}>
              <Table.Td ta="right" style={{ verticalAlign: "top" }}>
                {formatCount(one.datasets)}
                <Text size="xs" c="dimmed">
                  {t.ofDatasets(formatBytes(one.bytes ?? one.logicalBytes))}
                </Text>
              </Table.Td>
              <Table.Td>
                <TextWithCode>{one.advice ? `${one.reason} ${one.advice}` : one.reason}</TextWithCode>
                <Text size="xs" c="dimmed">
                  {t.suchAs(one.example)}
                </Text>
              </Table.Td>
              <Table.Td style={{ verticalAlign: "top" }}>{t.whoIs[one.by] ?? one.by}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </div>
  );
}
