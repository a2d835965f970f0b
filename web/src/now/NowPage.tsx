import { Anchor, Code, NativeSelect, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { useSteps } from "../analysis/useSteps";
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
import { newestFrame } from "../frames/newest";
import { RunBadge } from "../lineage/RunBadge";
import type { Arrivals } from "./arrivals";
import classes from "./now.module.css";
import { SeriesCard } from "./SeriesCard";
import { useArrivals } from "./useArrivals";

type Dataset = Schemas["DatasetInfo"];
type Run = Schemas["RunInfo"];

/** So many of the newest datasets are looked at, and so many series shown. */
const maxDatasets = 100;
const maxProbed = 24;
const maxSeries = 12;
/** So many runs are asked for at a time. */
const maxRuns = 100;

/** What arrives at this site, newest first, and what is made of it: of everybody whom the reader may see, or of one group. */
export default function NowPage() {
  usePageTitle("Now");
  const [search, setSearch] = useSearchParams();
  const owner = search.get("owner") ?? "";
  const { arrivals, now } = useArrivals();
  const groups = useQuery({
    queryKey: ["groups"],
    queryFn: () => must(api.GET("/groups", { params: { query: { limit: 1000 } } })),
  });
  const datasets = useQuery({
    queryKey: ["now", "datasets", owner],
    queryFn: () =>
      must(
        api.GET("/datasets", {
          params: {
            query: { order: "newest", kind: "original", limit: maxDatasets, ...(owner ? { owner } : {}) },
          },
        }),
      ),
  });
  const runs = useInfiniteQuery({
    queryKey: ["now", "runs", owner],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(api.GET("/runs", { params: { query: { limit: maxRuns, cursor: pageParam, ...(owner ? { owner } : {}) } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const known = datasets.data?.items ?? [];
  const series = useSeries(known, arrivals);
  const names = [...new Set([owner, ...(groups.data?.items ?? []).map((group) => group.name)])].filter(Boolean);
  const about = new Map(known.map((dataset) => [dataset.id, dataset]));
  const theirs = (runs.data?.pages ?? []).flatMap((page) => page.items).filter((run) => run.inputs?.length);
  const isPending = datasets.isPending || series.isPending;
  return (
    <>
      <PageHeader
        title="Now"
        actions={
          names.length > 0 && (
            <NativeSelect
              aria-label="Whose"
              value={owner}
              onChange={(event) =>
                setSearch(event.currentTarget.value ? { owner: event.currentTarget.value } : {}, { replace: true })
              }
              data={[{ value: "", label: "Everything you may see" }, ...names]}
            />
          )
        }
      >
        Measurements as they arrive at this site, newest first
      </PageHeader>
      <ProblemAlert error={datasets.error} title="Could not load the datasets" />
      <ProblemAlert error={runs.error} title="Could not load the runs" />
      {isPending && !datasets.isError ? (
        <Loading />
      ) : (
        <Stack gap="xl">
          {series.shown.length === 0 && !datasets.isError ? (
            <Nothing owner={owner} />
          ) : (
            <ul className={classes.series} aria-label="Series">
              {series.shown.map(({ dataset, frame }) => (
                <SeriesCard
                  key={dataset.id}
                  dataset={dataset}
                  frame={arrivals.newest(dataset.id) ?? frame}
                  run={theirs.find((run) => run.inputs?.[0]?.dataset === dataset.id && looksForSpots(run))}
                  arrivals={arrivals}
                  now={now}
                />
              ))}
            </ul>
          )}
          {theirs.length > 0 && (
            <Runs runs={theirs} about={about} owner={owner}>
              <MoreButton list={runs} />
            </Runs>
          )}
        </Stack>
      )}
    </>
  );
}

function looksForSpots(run: Run): boolean {
  return run.program === "hutch/per-image-analysis";
}

function Nothing({ owner }: { owner: string }) {
  return (
    <EmptyState icon={<FrameIcon size={26} />} title="Nothing has arrived yet">
      {owner ? `Series of frames of ${owner} appear here` : "Series of frames that you may see appear here"} as soon as
      their first frame is stored, by <Code>hutch capture</Code> from a detector or by <Code>hutch ingest</Code> from
      its files: each with its newest frame, how many come in a second, and the spots of an analysis.
    </EmptyState>
  );
}

/** The datasets with frames: those that something arrives in first, then the newest. */
function useSeries(
  known: Dataset[],
  arrivals: Arrivals,
): { shown: { dataset: Dataset; frame: number }[]; isPending: boolean } {
  const order = arrivals.datasets;
  const place = (dataset: Dataset) => {
    const found = order.indexOf(dataset.id);
    return found < 0 ? order.length : found;
  };
  const probed = [...known].sort((a, b) => place(a) - place(b)).slice(0, maxProbed);
  const frames = useQuery({
    // A frame may come before the page listens, or while its tab is not seen: then the dataset has more files when it is read again.
    queryKey: ["now-frames", probed.map(({ id, files }) => `${id} ${files}`).sort()],
    enabled: probed.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
    queryFn: async () => {
      const found = await Promise.all(
        // Whose files the reader may not list has no frames to show.
        probed.map((dataset) => newestFrame(dataset.id, "", dataset.files).catch(() => undefined)),
      );
      return new Map(probed.map((dataset, index) => [dataset.id, found[index]]));
    },
  });
  const shown = probed.flatMap((dataset) => {
    const frame = Math.max(arrivals.newest(dataset.id) ?? 0, frames.data?.get(dataset.id) ?? 0);
    return frame === 0 ? [] : [{ dataset, frame }];
  });
  return { shown: shown.slice(0, maxSeries), isPending: probed.length > 0 && frames.isPending };
}

interface RunsProps {
  runs: Run[];
  /** The datasets whose names are known. */
  about: Map<string, Dataset>;
  owner: string;
  /** What stands below the table. */
  children: ReactNode;
}

/** The runs over all datasets, the newest first. */
function Runs({ runs, about, owner, children }: RunsProps) {
  const steps = useSteps();
  const title = owner ? `Runs of ${owner}` : "Runs";
  return (
    <Section title={title}>
      <WideTable label={title} minWidth={620}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Dataset</Table.Th>
            <Table.Th>Analysis</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Started</Table.Th>
            <Table.Th>Results</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => {
            const id = (run.inputs?.find(({ dataset }) => about.has(dataset)) ?? run.inputs?.[0])?.dataset ?? "";
            const name = about.get(id)?.name ?? id.slice(0, 8);
            return (
              <Table.Tr key={run.id}>
                <Table.Td>
                  <Anchor component={Link} to={`/datasets/${id}`}>
                    <Name>{name}</Name>
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  {steps.data?.items.find((step) => step.program === run.program)?.title ?? <Name>{run.program}</Name>}
                </Table.Td>
                <Table.Td>
                  <RunBadge run={run} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm">
                    <Time value={run.started} />
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={`/datasets/${id}/analysis?run=${run.id}`}>
                    Show<VisuallyHidden> the results of {name}</VisuallyHidden>
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
