import { Anchor, Badge, Code, Group, NativeSelect, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { FrameIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { WideTable } from "../components/WideTable";
import { WorkClasses } from "../components/WorkClasses";
import { isWaiting, RunBadge } from "../lineage/RunBadge";
import { live as t } from "../messages/en";
import { useSteps } from "../runs/useSteps";
import { useTitles } from "../runs/useTitles";
import { ArrivalCard, useAnalysisOf } from "./ArrivalCard";
import type { Arrivals } from "./arrivals";
import { BrokerQueueTable } from "./BrokerQueueTable";
import { CaptureTable } from "./CaptureTable";
import { DatasetLink } from "./DatasetLink";
import classes from "./live.module.css";
import { Problems } from "./Problems";
import { QueueTable } from "./QueueTable";
import { RunTable } from "./RunTable";
import { useArrivals } from "./useArrivals";
import { WorkerTable } from "./WorkerTable";

type Run = Schemas["RunInfo"];

const maxArrivals = 12;
/** So many runs are asked for at a time. */
const maxRuns = 100;
/** Rates and lags change all the time, also while nothing happens, and no event tells them. A hidden tab does not ask. */
const renewMs = 2_000;
/** What comes without an event, such as a version, is seen after so long. */
const renewArrivalsMs = 10_000;

/** What arrives at this site from any source, what is made of it, and what is slow, stuck or gone. */
export default function LivePage() {
  usePageTitle(t.live);
  const [search, setSearch] = useSearchParams();
  const owner = search.get("owner") ?? "";
  const isWall = search.has("kiosk");
  const { arrivals, now } = useArrivals();
  const groups = useQuery({
    queryKey: ["groups"],
    queryFn: () => must(api.GET("/groups", { params: { query: { limit: 1000 } } })),
    enabled: !isWall,
  });
  const live = useQuery({
    queryKey: ["live-work"],
    queryFn: () => must(api.GET("/live")),
    refetchInterval: renewMs,
  });
  const list = useQuery({
    queryKey: ["live", "arrivals", owner],
    queryFn: () =>
      must(api.GET("/arrivals", { params: { query: { limit: maxArrivals, ...(owner ? { owner } : {}) } } })),
    refetchInterval: renewArrivalsMs,
  });
  const runs = useInfiniteQuery({
    queryKey: ["live", "runs", owner],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(api.GET("/runs", { params: { query: { limit: maxRuns, cursor: pageParam, ...(owner ? { owner } : {}) } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const names = [...new Set([owner, ...(groups.data?.items ?? []).map((group) => group.name)])].filter(Boolean);
  const theirs = (runs.data?.pages ?? []).flatMap((page) => page.items).filter((run) => run.inputs?.length);
  return (
    <>
      <PageHeader
        title={isWall && owner ? <Name>{owner}</Name> : t.live}
        actions={
          !isWall &&
          names.length > 0 && (
            <NativeSelect
              aria-label={t.whose}
              value={owner}
              onChange={(event) =>
                setSearch(event.currentTarget.value ? { owner: event.currentTarget.value } : {}, { replace: true })
              }
              data={[{ value: "", label: t.all }, ...names]}
            />
          )
        }
      >
        {!isWall && t.newDataFromDetectorsMicroscopes}
      </PageHeader>
      <Stack gap="xl">
        <ProblemAlert error={list.error} title={t.couldNotLoadTheNewData} />
        <ProblemAlert error={runs.error} title={t.couldNotLoadTheRuns} />
        {live.isError && (
          <ProblemAlert
            error={live.error}
            title={live.data ? t.thisIsTheLastKnownState : t.couldNotLoadThePage}
            onRetry={() => live.refetch()}
          />
        )}
        {live.data && (live.data.problems.length > 0 || !isWall) && <Problems live={live.data} />}
        {list.isPending ? (
          <Loading />
        ) : (
          list.data && <Cards list={list.data.items} {...{ arrivals, now, owner }} runs={theirs} />
        )}
        {live.data && !isWall && <Work live={live.data} />}
        {!isWall && theirs.length > 0 && (
          <Runs runs={theirs} owner={owner}>
            <MoreButton list={runs} />
          </Runs>
        )}
        {live.data?.everything && !isWall && <Parts live={live.data} />}
      </Stack>
    </>
  );
}

interface CardsProps {
  list: Schemas["ArrivalInfo"][];
  arrivals: Arrivals;
  now: number;
  owner: string;
  runs: Run[];
}

/** Those that something arrives in come first, then those with the newest data. */
function Cards({ list, arrivals, now, owner, runs }: CardsProps) {
  const analysisOf = useAnalysisOf(runs);
  if (list.length === 0)
    return (
      <EmptyState icon={<FrameIcon size={26} />} title={t.noDataYet}>
        {owner ? <Name>{owner}</Name> : t.nothing}
        {t.has}
        {owner ? t.noData : t.beenStored}
        {t.hereNewDataAppearWithTheir}
        <Code>hutch capture</Code>
        {t.aFolderOfAnInstrument}
      </EmptyState>
    );
  const order = arrivals.datasets;
  const place = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  return (
    <ul className={classes.series} aria-label={t.newData}>
      {[...list]
        .sort((a, b) => place(a.dataset.id) - place(b.dataset.id))
        .map((arrival) => (
          <ArrivalCard
            key={arrival.dataset.id}
            arrival={arrival}
            run={analysisOf(arrival.dataset.id)}
            arrivals={arrivals}
            now={now}
          />
        ))}
    </ul>
  );
}

/** What is under way, where there is something. */
function Work({ live }: { live: Schemas["LiveInfo"] }) {
  return (
    <>
      {live.runs.length > 0 && <RunTable live={live} />}
      {live.captures.length > 0 && <CaptureTable live={live} />}
    </>
  );
}

/** The parts of the site, for operators. */
function Parts({ live }: { live: Schemas["LiveInfo"] }) {
  return (
    <>
      <WorkerTable live={live} />
      <QueueTable queues={live.queues} />
      {live.services.some(({ name }) => name === "broker") && <BrokerQueueTable queues={live.brokerQueues} />}
      <Stack gap="sm">
        <Services services={live.services} />
        <WorkClasses classes={live.classes} />
      </Stack>
    </>
  );
}

const serviceColours: Record<string, string> = { ok: "green", off: "gray" };

function Services({ services }: { services: Schemas["ServiceInfo"][] }) {
  return (
    <Group gap="xs" role="list" aria-label={t.services}>
      {services.map(({ name, state, message }) => (
        <Group key={name} gap={6} role="listitem">
          <Badge variant="light" tt="none" color={serviceColours[state] ?? "red"}>
            {name}: {state}
          </Badge>
          {message && (
            <Text size="sm">
              <Name wrap>{message}</Name>
            </Text>
          )}
        </Group>
      ))}
    </Group>
  );
}

interface RunsProps {
  runs: Run[];
  owner: string;
  /** Content below the table. */
  children: ReactNode;
}

/** The runs over all datasets, the newest first. */
function Runs({ runs, owner, children }: RunsProps) {
  const steps = useSteps();
  const titleOf = useTitles();
  const title = owner ? t.runsOf(owner) : t.runs;
  return (
    <Section title={title}>
      <WideTable label={title} minWidth={620}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.dataset}</Table.Th>
            <Table.Th>{t.analysis}</Table.Th>
            <Table.Th>{t.state}</Table.Th>
            <Table.Th>{t.started}</Table.Th>
            <Table.Th>{t.results}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => {
            const id = run.inputs?.[0]?.dataset ?? "";
            const name = run.names?.[id];
            const step = steps.data?.items.find((each) => each.program === run.program);
            const waits = step !== undefined && isWaiting(run, run.frames ?? 0, Date.now());
            return (
              <Table.Tr key={run.id}>
                <Table.Td>
                  <DatasetLink name={name} to={`/datasets/${id}`} />
                </Table.Td>
                <Table.Td>{titleOf(run) ?? <Name>{run.program}</Name>}</Table.Td>
                <Table.Td>
                  <RunBadge run={waits ? { state: "waiting" } : run} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm">
                    <Time value={run.started} />
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={`/datasets/${id}/analysis?run=${run.id}`}>
                    {t.show}
                    <VisuallyHidden>
                      {t.theResults}
                      {name}
                    </VisuallyHidden>
                  </Anchor>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </WideTable>
      {children}
    </Section>
  );
}
