import { Alert, Anchor, Button, Group, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link, useOutletContext, useSearchParams } from "react-router";
import { entryUrl } from "../api/base";
import { api, must, type Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { ChartIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { useListState } from "../components/useListState";
import { useWork } from "../components/useWork";
import { type DatasetContext, hasRight } from "../dataset/context";
import { useHasFrames } from "../dataset/useHasFrames";
import { TextTable } from "../grid/TextTable";
import { isWaiting, RunBadge } from "../lineage/RunBadge";
import { analysis as t } from "../messages/en";
import { useSteps } from "../runs/useSteps";
import { useTitles } from "../runs/useTitles";
import { SaveTable } from "../saving/SaveTable";
import { useSession } from "../session/session";
import { csvLines } from "../text/csv";
import { formatCount, formatTime, plural } from "../text/format";
import { FilterBar } from "./FilterBar";
import { readFilter } from "./filter";
import { Parts } from "./Parts";
import { ProgramRun } from "./ProgramRun";
import type { Step } from "./parameters";
import { ResultPicture } from "./ResultPicture";
import { type Column, columnsOf, labelOf, type ResultRow, shown as shownIn } from "./rows";
import { StartDialog } from "./StartDialog";
import { useResults } from "./useResults";

type Run = Schemas["RunInfo"];

/** Analysis runs on this dataset, or the run that made it: a live picture and table. */
export default function AnalysisTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  const [search, setSearch] = useSearchParams();
  const query = useQuery({
    queryKey: ["runs", dataset.id],
    queryFn: () => must(api.GET("/runs", { params: { query: { dataset: dataset.id } } })),
  });
  const steps = useSteps();
  const titleOf = useTitles();
  const hasFrames = useHasFrames(dataset, true);
  const [isStarting, setStarting] = useState(false);
  if (query.isPending || steps.isPending) return <Loading />;
  // Loaded data stay while a reload fails, because the user may be choosing.
  if (!query.data)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheRuns} onRetry={() => query.refetch()} />;
  if (!steps.data)
    return <ProblemAlert error={steps.error} title={t.couldNotLoadTheAnalysisSteps} onRetry={() => steps.refetch()} />;
  // A run of a foreign step carries its columns: the worker that declared them may be gone.
  const stepOf = (run: Run): Step | undefined =>
    run.step ?? steps.data.items.find((step) => step.program === run.program);
  const runs = query.data.items ?? [];
  const run = runs.find((each) => each.id === search.get("run")) ?? runs[0];
  const start = hasFrames && hasRight(dataset, "derive") && (
    <Button onClick={() => setStarting(true)}>{t.analyseFrames}</Button>
  );
  return (
    <Stack>
      {!run ? (
        <EmptyState
          icon={<ChartIcon size={26} />}
          title={hasFrames ? t.notAnalysedYet : t.noFramesToAnalyse}
          action={start}
        >
          {hasFrames ? t.anAnalysisMeasuresEveryFrameDiffraction : t.thisDatasetHasNoDetectorFrames}
        </EmptyState>
      ) : (
        <>
          <Group justify="space-between" align="flex-end">
            <Select
              label={t.run}
              w={460}
              maw="100%"
              allowDeselect={false}
              data={runs.map((each) => ({
                value: each.id,
                label: `${titleOf(each) ?? each.program}, ${formatTime(new Date(each.started))}`,
              }))}
              value={run.id}
              onChange={(value) => setSearch(value ? { run: value } : {}, { replace: true })}
            />
            <Group gap="xs">
              {runs.length > 1 && (
                <Button component={Link} variant="default" to={`/compare?${comparedWith(dataset.id, run.id)}`}>
                  {t.compareRuns}
                </Button>
              )}
              {start}
            </Group>
          </Group>
          <Parts key={`parts ${run.id}`} run={run} />
          {run.attempt ? (
            <ProgramRun key={run.id} run={run} self={dataset.id} canManage={hasRight(dataset, "manage")} />
          ) : (
            <Results
              key={run.id}
              run={run}
              step={stepOf(run)}
              self={dataset.id}
              canManage={hasRight(dataset, "manage")}
              onStopped={() => query.refetch()}
            />
          )}
        </>
      )}
      {isStarting && (
        <StartDialog
          dataset={dataset}
          steps={steps.data.items}
          onClose={() => setStarting(false)}
          onStarted={async (id) => {
            await query.refetch();
            setSearch({ run: id }, { replace: true });
          }}
        />
      )}
    </Stack>
  );
}

/** The address that shows a run beside another of its dataset. */
function comparedWith(dataset: string, run: string): URLSearchParams {
  return new URLSearchParams({ left: dataset, right: dataset, show: "runs", leftRun: run });
}

interface ResultsProps {
  run: Run;
  step: Step | undefined;
  self: string;
  canManage: boolean;
  onStopped: () => Promise<unknown>;
}

function Results({ run, step, self, canManage, onStopped }: ResultsProps) {
  const keeper: string = (run.outputs?.[0] as string | undefined) ?? self;
  const { rows, end, isLoading, error, retry } = useResults(keeper, run.id);
  const sorted = rows.sorted;
  const columns = useMemo(
    () => step?.columns.filter((column) => !column.isOptional) ?? columnsOf(sorted),
    [step, sorted],
  );
  const [{ filter: text }, changeFilter] = useListState({ filter: "" });
  const filter = useMemo(() => (text.trim() === "" ? undefined : readFilter(text, columns)), [text, columns]);
  const shown = useMemo(() => (filter ? sorted.filter(filter) : sorted), [sorted, filter]);
  const state = (end?.state as string | undefined) ?? run.state;
  const message = (end?.message as string | undefined) ?? run.message;
  const waits = step !== undefined && isWaiting({ ...run, state }, rows.count, Date.now());
  const failures = sorted.reduce((sum, row) => sum + (row.error ? 1 : 0), 0);
  if (error !== undefined && rows.count === 0)
    return <ProblemAlert error={error} title={t.couldNotLoadTheResults} onRetry={retry} />;
  if (isLoading && rows.count === 0) return <Loading label={t.loadingTheResults} />;
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <RunBadge run={{ state: waits ? "waiting" : state }} />
        <Text size="sm" role="status" data-testid="result-count">
          {plural(rows.count, t.countFrames)}
          {failures > 0 ? t.failed(formatCount(failures)) : ""}
        </Text>
        {state === "running" && (
          <StopButton
            run={run}
            canManage={canManage}
            onStopped={async () => {
              await onStopped();
              retry();
            }}
          />
        )}
        {keeper !== self && (
          <Anchor component={Link} to={`/datasets/${keeper}`} size="sm">
            {t.resultsDataset}
          </Anchor>
        )}
        {run.inputs?.[0] && run.inputs[0].dataset !== self && (
          <Anchor component={Link} to={`/datasets/${run.inputs[0].dataset}`} size="sm">
            {t.sourceDataset}
          </Anchor>
        )}
        {state !== "running" && rows.count > 0 && (
          <Anchor href={entryUrl(keeper, ".hutch/virtual/results.h5")} size="sm" title={t.allResultsInOneFile}>
            {t.asAnHdfTable}
          </Anchor>
        )}
      </Group>
      {waits && (
        <Alert variant="light" color="yellow" title={t.waitingForAFirstFrame}>
          {t.noFrameHasCome}
        </Alert>
      )}
      {message && (
        <Alert variant="light" color={state === "failed" ? "red" : "gray"}>
          {message}
        </Alert>
      )}
      {rows.count > 0 && (
        <>
          <FilterBar
            run={run.id}
            columns={columns}
            text={text}
            onText={(filter) => changeFilter({ filter })}
            filter={filter}
            shown={shown.length}
            all={sorted.length}
            canKeep={run.inputs?.[0] !== undefined}
          />
          <ResultPicture rows={sorted} shown={shown} columns={columns} run={run.id} input={run.inputs?.[0]} />
          <ResultTable rows={shown} columns={columns} />
        </>
      )}
    </Stack>
  );
}

/** Ends a run, for who started it or manages one of its datasets. */
function StopButton({ run, canManage, onStopped }: Pick<ResultsProps, "run" | "canManage" | "onStopped">) {
  const { me, hasRole } = useSession();
  const work = useWork();
  if (!canManage && run.user !== me?.user && !hasRole("site-admin", "administrator")) return null;
  const stop = async () => {
    await must(api.POST("/runs/{run}/stop", { params: { path: { run: run.id } } }));
    await onStopped();
  };
  return (
    <>
      <Button size="compact-sm" variant="light" color="red" loading={work.isBusy} onClick={() => work.run(stop)}>
        {t.stop}
      </Button>
      <ProblemAlert error={work.error} title={t.couldNotStopTheRun} />
    </>
  );
}

function ResultTable({ rows, columns }: { rows: ResultRow[]; columns: Column[] }) {
  const table = useMemo(() => {
    const hasErrors = rows.some((row) => row.error);
    return {
      columns: [t.frame2, ...columns.map(labelOf), ...(hasErrors ? [t.error] : [])],
      rows: rows.map((row) => [
        String(row["file-number"]),
        ...columns.map((column) => shownIn(row, column)),
        ...(hasErrors ? [row.error ?? ""] : []),
      ]),
    };
  }, [rows, columns]);
  return (
    <>
      <Group justify="flex-end">
        <SaveTable write={() => csvLines([table.columns, ...table.rows])} name={t.resultsByFrame} />
      </Group>
      <TextTable table={table} label={t.resultsByFrame} isNumbered={false} />
    </>
  );
}
