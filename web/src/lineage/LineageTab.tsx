import { Alert, Code, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { useOutletContext } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { load } from "../api/load";
import { EmptyState } from "../components/EmptyState";
import { BranchIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import type { DatasetContext } from "../dataset/context";
import { lineage as t } from "../messages/en";
import { type Titles, useTitles } from "../runs/useTitles";
import { plural } from "../text/format";
import { LineageList } from "./LineageList";
import { layOut } from "./layout";
import { RunBadge } from "./RunBadge";

const Graph = lazy(() => load(() => import("./Graph")));

/** Where the dataset comes from, what was derived from it, and by which commands. */
export default function LineageTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  const query = useQuery({
    queryKey: ["lineage", dataset.id],
    queryFn: () => must(api.GET("/datasets/{id}/lineage", { params: { path: { id: dataset.id } } })),
  });
  const isNarrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const titleOf = useTitles();
  const graph = useMemo(() => query.data && layOut(dataset, query.data), [dataset, query.data]);
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheLineage} onRetry={() => query.refetch()} />;
  const isAlone = graph?.steps.length === 0 && !query.data.runs?.length;
  if (!graph || (isAlone && !query.data.claimed?.length))
    return (
      <EmptyState icon={<BranchIcon size={26} />} title={t.noLineageYet}>
        {t.thisDatasetWasNotDerived}
      </EmptyState>
    );
  return (
    <Stack>
      {query.data.truncated && <Alert variant="light">{t.showingTheNearestDatasetsOnly}</Alert>}
      {isAlone ? null : isNarrow ? (
        <LineageList self={dataset.id} titleOf={titleOf} {...graph} />
      ) : (
        <Suspense fallback={<Loading label={t.loadingTheGraph} />}>
          <Graph self={dataset.id} titleOf={titleOf} {...graph} />
        </Suspense>
      )}
      <Runs runs={query.data.runs ?? []} titleOf={titleOf} />
      <ClaimedRuns runs={query.data.claimed ?? []} />
    </Stack>
  );
}

function Runs({ runs, titleOf }: { runs: Schemas["RunInfo"][]; titleOf: Titles }) {
  if (runs.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {plural(runs.length, t.countRuns)}
      </Title>
      {runs.map((run) => (
        <Paper key={run.id} withBorder p="sm">
          <Group justify="space-between" gap="xs">
            <Text size="sm" fw={600}>
              <Name wrap>{titleOf(run) ?? run.program}</Name> {/* What follows the plus is the commit of its source. */}
              <span title={run.version}>
                <Name wrap>{run.version.replace(/\+.*/, "")}</Name>
              </span>
            </Text>
            <RunBadge run={run} />
          </Group>
          <Text size="xs" c="dimmed">
            {run.user && (
              <>
                <Name>{run.user}</Name>,{" "}
              </>
            )}
            <Time value={run.started} />
          </Text>
          {run.command && (
            <Code block mt="xs">
              {run.command}
            </Code>
          )}
          {run.message && (
            <Text size="sm" mt="xs">
              <Name wrap>{run.message}</Name>
            </Text>
          )}
        </Paper>
      ))}
    </Stack>
  );
}

/** What commits of git claim, apart from what Hutch ran. */
function ClaimedRuns({ runs }: { runs: Schemas["ClaimedRunInfo"][] }) {
  if (runs.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t.claimedRuns}
      </Title>
      <Text size="sm" c="dimmed">
        {t.notSeenHere}
      </Text>
      {runs.map((run) => (
        <Paper key={run.commit} withBorder p="sm">
          <Text size="sm" fw={600}>
            <Name wrap>{run.message}</Name>
          </Text>
          <Text size="xs" c="dimmed">
            <Name wrap>{t.claimedBy(run.author, run.commit.slice(0, 10))}</Name>, <Time value={run.time} />
          </Text>
          <Code block mt="xs">
            {run.command ? `${run.command}\n${run.rerun}` : run.rerun}
          </Code>
        </Paper>
      ))}
    </Stack>
  );
}
