import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  Paper,
  Progress,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
  VisuallyHidden,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { load } from "../api/load";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Figure } from "../components/Figure";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { WideTable } from "../components/WideTable";
import { admin as t } from "../messages/en";
import { useSession } from "../session/session";
import { formatBytes, formatCoreHours, formatCount } from "../text/format";

const StorageChart = lazy(() => load(() => import("./StorageChart")));
type Owner = Schemas["OwnerStorage"];
const days = 90;
const gigabyte = 1e9;

/** Storage in total and by owner. */
export default function StoragePage() {
  usePageTitle(t.storage);
  const { hasRole } = useSession();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["storage"],
    queryFn: () => must(api.GET("/admin/storage", { params: { query: { days } } })),
  });
  const [changing, setChanging] = useState<Owner>();
  const [shown, setShown] = useState<string | null>(null);
  const owners = useMemo(() => [...(query.data?.owners ?? [])].sort((a, b) => b.bytes - a.bytes), [query.data]);
  const canChange = hasRole("administrator");
  const total = query.data?.total;
  const history = query.data?.history ?? [];
  return (
    <>
      <PageHeader
        title={t.storage}
        actions={
          <Button component={Link} to="/space" variant="default">
            {t.whatCanBeFreed}
          </Button>
        }
      >
        {t.spaceUsedByOwner}
      </PageHeader>
      {query.isPending && <Loading />}
      {query.isError && (
        <ProblemAlert error={query.error} title={t.couldNotLoadTheStorage} onRetry={() => query.refetch()} />
      )}
      {total && (
        <Stack gap="xl">
          <SimpleGrid cols={{ base: 2, sm: 4 }}>
            <Figure label={t.inDatasets2} value={formatBytes(total.logical)} />
            <Figure label={t.onDisk2} value={formatBytes(total.bytes)} />
            <Figure label={t.segments} value={formatCount(total.segments)} />
            <Figure label={t.free2} value={formatBytes(total.free)} />
          </SimpleGrid>
          {new Set(history.map((each) => each.day)).size > 1 && (
            <section aria-labelledby="history">
              <Group justify="space-between" mb="xs">
                <Title order={2} size="h4" id="history">
                  {t.lastDays(days)}
                </Title>
                <Select
                  aria-label={t.owner}
                  data={owners.map((owner) => owner.owner)}
                  value={shown}
                  onChange={setShown}
                  placeholder={t.allOwners2}
                  clearable
                  w={200}
                />
              </Group>
              <Paper withBorder p="xs">
                <Suspense fallback={<Loading label={t.loadingTheChart} />}>
                  <StorageChart days={history} owner={shown} />
                </Suspense>
              </Paper>
            </section>
          )}
          <WideTable label={t.storageByOwner} hasActions minWidth={770}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.owner}</Table.Th>
                <Table.Th w={110} ta="right">
                  {t.datasets}
                </Table.Th>
                <Table.Th w={120} ta="right">
                  {t.entries}
                </Table.Th>
                <Table.Th w={110} ta="right">
                  {t.size}
                </Table.Th>
                <Table.Th w={200}>{t.quota}</Table.Th>
                <Table.Th w={150} ta="right">
                  {t.coreHours}
                </Table.Th>
                <Table.Th w={100}>
                  <VisuallyHidden>{t.actions}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {owners.map((owner) => (
                <Table.Tr key={owner.owner}>
                  <Table.Td style={{ maxWidth: 0 }}>
                    <Name>{owner.owner}</Name>
                  </Table.Td>
                  <Table.Td ta="right">{formatCount(owner.datasets)}</Table.Td>
                  <Table.Td ta="right">{formatCount(owner.entries)}</Table.Td>
                  <Table.Td ta="right">{formatBytes(owner.bytes)}</Table.Td>
                  <Table.Td>
                    <Quota owner={owner} />
                  </Table.Td>
                  <Table.Td ta="right">{formatCoreHours(owner)}</Table.Td>
                  <Table.Td ta="right">
                    {canChange && (
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        onClick={() => setChanging(owner)}
                        aria-label={t.changeTheQuota(owner.owner)}
                      >
                        {t.change}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </WideTable>
        </Stack>
      )}
      {changing && (
        <QuotaDialog
          owner={changing}
          onClose={() => setChanging(undefined)}
          onSaved={() => queries.invalidateQueries({ queryKey: ["storage"] })}
        />
      )}
    </>
  );
}

function Quota({ owner }: { owner: Owner }) {
  if (owner.quotaBytes === undefined && owner.quotaEntries === undefined)
    return (
      <Text size="sm" c="dimmed">
        {t.unlimited}
      </Text>
    );
  const share = Math.max(
    (owner.bytes / (owner.quotaBytes ?? Number.POSITIVE_INFINITY)) * 100,
    (owner.entries / (owner.quotaEntries ?? Number.POSITIVE_INFINITY)) * 100,
  );
  return (
    <>
      <Text size="xs">
        {[
          owner.quotaBytes !== undefined && formatBytes(owner.quotaBytes),
          owner.quotaEntries !== undefined && t.entries2(formatCount(owner.quotaEntries)),
        ]
          .filter(Boolean)
          .join(", ")}
      </Text>
      <Progress
        value={Math.min(100, share)}
        size="xs"
        mt={4}
        color={share > 95 ? "red.8" : share > 80 ? "yellow.8" : undefined}
        aria-label={t.percentOfTheQuota(Math.round(share), owner.owner)}
      />
    </>
  );
}

function QuotaDialog({ owner, onClose, onSaved }: { owner: Owner; onClose: () => void; onSaved: () => Promise<void> }) {
  const [bytes, setBytes] = useState<number | string>(
    owner.quotaBytes === undefined ? "" : owner.quotaBytes / gigabyte,
  );
  const [entries, setEntries] = useState<number | string>(owner.quotaEntries ?? "");
  const [coreHours, setCoreHours] = useState<number | string>(owner.budgetCoreHours ?? "");
  const [isMonthly, setMonthly] = useState(owner.budgetMonthly ?? true);
  return (
    <ConfirmDialog
      title={t.quotaOf(owner.owner)}
      action={t.save}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await must(
          api.PUT("/owners/{owner}/quota", {
            params: { path: { owner: owner.owner } },
            body: {
              bytes: bytes === "" ? undefined : Math.round(Number(bytes) * gigabyte),
              entries: entries === "" ? undefined : Number(entries),
            },
          }),
        );
        if (coreHours !== (owner.budgetCoreHours ?? "") || isMonthly !== (owner.budgetMonthly ?? isMonthly))
          await must(
            api.PUT("/owners/{owner}/budget", {
              params: { path: { owner: owner.owner } },
              body: { coreHours: coreHours === "" ? undefined : Number(coreHours), monthly: isMonthly },
            }),
          );
        await onSaved();
      }}
    >
      <NumberInput
        label={t.gigabytes}
        description={t.leaveEmptyForNoLimit}
        min={0}
        value={bytes}
        onChange={setBytes}
        data-autofocus
      />
      <NumberInput
        label={t.entries}
        description={t.leaveEmptyForNoLimit}
        min={0}
        allowDecimal={false}
        value={entries}
        onChange={setEntries}
      />
      <NumberInput
        label={t.coreHoursOfPrograms}
        description={t.leaveEmptyForNoLimit}
        min={0}
        value={coreHours}
        onChange={setCoreHours}
      />
      <Checkbox
        label={t.coreHoursOfEachMonth}
        checked={isMonthly}
        onChange={(event) => setMonthly(event.currentTarget.checked)}
      />
    </ConfirmDialog>
  );
}
