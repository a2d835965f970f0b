import { Anchor, Badge, Paper, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { load } from "../api/load";
import { Events } from "../components/Events";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet, Section } from "../components/Section";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { WideTable } from "../components/WideTable";
import { WorkClasses } from "../components/WorkClasses";
import { admin as t } from "../messages/en";
import { formatBytes, plural } from "../text/format";
import { JobTable } from "./JobTable";

const StorageChart = lazy(() => load(() => import("./StorageChart")));
const renewMs = 5_000;
const days = 90;
const jobsShown = 5;
const eventsShown = 15;
const ownersShown = 5;

/** The site at work: transfers, load, storage, jobs and recent events. */
export default function ActivityPage() {
  usePageTitle(t.activity);
  const query = useQuery({
    queryKey: ["site-activity"],
    queryFn: () => must(api.GET("/activity", { params: { query: { days } } })),
    refetchInterval: renewMs,
  });
  const { data } = query;
  return (
    <>
      <PageHeader title={t.activity}>{t.whatTheSiteIsDoingNow}</PageHeader>
      {query.isPending && <Loading />}
      {query.isError && (
        <ProblemAlert error={query.error} title={t.couldNotLoadTheActivity} onRetry={() => query.refetch()} />
      )}
      {data && (
        <Stack gap="xl">
          <WorkClasses classes={data.classes ?? []} />
          <Section title={t.activeTransfers}>
            <Transfers transfers={data.transfers ?? []} />
          </Section>
          <Section title={t.storage} more={{ to: "/admin/storage", label: t.storageAndQuotas }}>
            <Storage storage={data.storage} />
          </Section>
          <Section title={t.jobs} more={{ to: "/admin/jobs", label: t.allJobs }}>
            {data.jobs && data.jobs.length > 0 ? (
              <JobTable jobs={data.jobs.slice(0, jobsShown)} />
            ) : (
              <Quiet>{t.noJobsHaveRunSince}</Quiet>
            )}
          </Section>
          {data.recent && (
            <Section title={t.recentEvents} more={{ to: "/admin/audit", label: t.auditLog }}>
              <Events
                label={t.recentEvents}
                events={data.recent.slice(0, eventsShown).map((line) => ({
                  ...line,
                  key: line.sequence,
                  target: line.target && <Target target={line.target} name={line.targetName} />,
                }))}
              />
            </Section>
          )}
        </Stack>
      )}
    </>
  );
}

function Transfers({ transfers }: { transfers: Schemas["TransferInfo"][] }) {
  if (transfers.length === 0) return <Quiet>{t.noActiveTransfers}</Quiet>;
  return (
    <WideTable label={t.activeTransfers} minWidth={640}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.operation}</Table.Th>
          <Table.Th w={130}>{t.user}</Table.Th>
          <Table.Th w={110}>{t.classLabel}</Table.Th>
          <Table.Th w={120} ta="right">
            {t.transferred}
          </Table.Th>
          <Table.Th w={110} ta="right">
            {t.rate}
          </Table.Th>
          <Table.Th w={130}>{t.started}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {transfers.map((each, index) => (
          <Table.Tr key={`${each.started} ${each.what} ${index}`}>
            <Table.Td style={{ maxWidth: 0 }}>
              <Text size="sm" truncate>
                <Name>{each.what}</Name>
                {each.dataset && (
                  <>
                    {" in "}
                    <Target target={`dataset:${each.dataset}`} name={each.datasetName} />
                  </>
                )}
              </Text>
            </Table.Td>
            <Table.Td>{each.user ? <Name>{each.user}</Name> : "–"}</Table.Td>
            <Table.Td>
              <Badge variant="light" color="gray" tt="none">
                {each.class}
              </Badge>
            </Table.Td>
            <Table.Td ta="right">{formatBytes(each.bytesRead + each.bytesWritten)}</Table.Td>
            <Table.Td ta="right">{formatBytes(each.bytesPerSecond)}/s</Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed">
                <Time value={each.started} />
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

function Storage({ storage: { total, owners = [], history = [] } }: { storage: Schemas["StorageInfo"] }) {
  const largest = owners
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, ownersShown);
  return (
    <Stack gap="sm">
      <Text size="sm">
        {formatBytes(total.logical)}
        {t.inDatasets}
        {formatBytes(total.bytes)}
        {t.onDisk}
        {formatBytes(total.free)}
        {t.free}
        {largest.length > 0 && t.largestOwners}
        {largest.map(({ owner, bytes }, index) => (
          <span key={owner}>
            {index > 0 && ", "}
            <Name>{owner}</Name> ({formatBytes(bytes)})
          </span>
        ))}
        {largest.length > 0 &&
          (owners.length > largest.length ? t.and(plural(owners.length - largest.length, t.countMore)) : ".")}
      </Text>
      {new Set(history.map((each) => each.day)).size > 1 && (
        <Paper withBorder p="xs">
          <Suspense fallback={<Loading label={t.loadingTheChart} />}>
            <StorageChart days={history} owner={null} />
          </Suspense>
        </Paper>
      )}
    </Stack>
  );
}

/** The target of an event; a dataset is linked. */
function Target({ target, name }: { target: string; name: string | null | undefined }) {
  const [kind, id] = target.split(":", 2);
  if (kind === "dataset" && id)
    return (
      <Anchor component={Link} to={`/datasets/${id}`} inherit underline="always">
        {name ? <Name>{name}</Name> : t.aDataset}
      </Anchor>
    );
  return <Name>{target}</Name>;
}
