import { Chip, Group, Paper, Select, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { type Column, columnsOf, labelOf } from "../analysis/rows";
import { useResults } from "../analysis/useResults";
import { api, must, type Schemas } from "../api/client";
import { load } from "../api/load";
import { EmptyState } from "../components/EmptyState";
import { ChartIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet } from "../components/Section";
import { useListState } from "../components/useListState";
import type { Dataset } from "../dataset/context";
import { TextTable } from "../grid/TextTable";
import { compare as t } from "../messages/en";
import { useSteps } from "../runs/useSteps";
import { useTitles } from "../runs/useTitles";
import { formatCount, formatSeconds, formatTime } from "../text/format";
import type { Pair } from "./pair";
import { commonColumns, joined, linesOf, parametersOf, tableOf } from "./runs";
import { Values } from "./Values";

const Plot = lazy(() => load(() => import("../analysis/Plot")));

type Run = Schemas["RunInfo"];

/** Two runs: what they were, their parameters, and what they found frame by frame. */
export default function RunsComparison({ left, right }: Pair) {
  const [{ leftRun, rightRun }, change] = useListState({ leftRun: "", rightRun: "" });
  const one = useRuns(left);
  const other = useRuns(right);
  const titleOf = useTitles();
  const failed = one.error ?? other.error;
  if (failed)
    return (
      <ProblemAlert
        error={failed}
        title={t.couldNotLoadTheRuns}
        onRetry={() => Promise.all([one.refetch(), other.refetch()])}
      />
    );
  if (!one.data || !other.data) return <Loading />;
  const empty = one.data.length === 0 ? left : other.data.length === 0 ? right : undefined;
  if (empty) return <EmptyState icon={<ChartIcon size={26} />} title={t.noRunsOf(empty.name)} />;
  const nameOf = (run: Run) => `${titleOf(run) ?? run.program}, ${formatTime(new Date(run.started))}`;
  const chosen = one.data.find(({ id }) => id === leftRun) ?? (one.data[0] as Run);
  // Of one dataset, the run before it is the usual one to compare with.
  const usual = left.id === right.id ? other.data.find(({ id }) => id !== chosen.id) : undefined;
  const against = other.data.find(({ id }) => id === rightRun) ?? usual ?? (other.data[0] as Run);
  const choice = (side: string, runs: Run[], run: Run, onRun: (id: string) => void) => (
    <Select
      label={t.run(side)}
      allowDeselect={false}
      data={runs.map((each) => ({ value: each.id, label: nameOf(each) }))}
      value={run.id}
      onChange={(id) => id && onRun(id)}
    />
  );
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {choice(t.left, one.data, chosen, (id) => change({ leftRun: id }))}
        {choice(t.right, other.data, against, (id) => change({ rightRun: id }))}
      </SimpleGrid>
      <Runs key={`${chosen.id} ${against.id}`} left={chosen} right={against} selves={[left.id, right.id]} />
    </Stack>
  );
}

function useRuns({ id }: Dataset) {
  return useQuery({
    queryKey: ["runs", id],
    queryFn: () => must(api.GET("/runs", { params: { query: { dataset: id } } })),
    select: (page) => page.items ?? [],
  });
}

/** What a run was, beside its parameters. */
function factsOf(run: Run): Record<string, string | undefined> {
  const ended = run.finished ? (Date.parse(run.finished) - Date.parse(run.started)) / 1000 : undefined;
  return {
    [t.program]: run.program,
    [t.version]: run.version,
    [t.state]: run.state,
    [t.took]: ended === undefined ? undefined : formatSeconds(Math.max(0, Math.round(ended))),
    [t.frameCount]: run.frames ? formatCount(run.frames) : undefined,
    [t.failures]: run.failures ? formatCount(run.failures) : undefined,
    [t.startedBy]: run.user ?? undefined,
    [t.command]: run.command ?? undefined,
  };
}

/** Parameters and facts as one document. */
function documentOf(run: Run): string {
  return JSON.stringify({ ...(JSON.parse(parametersOf(run)) as object), ...factsOf(run) });
}

function Runs({ left, right, selves }: { left: Run; right: Run; selves: [string, string] }) {
  const names = { left: t.left, right: t.right };
  return (
    <>
      <Values
        title={t.runsThatDiffer}
        equalTitle={t.runsThatAgree}
        noun={t.equalValue}
        left={documentOf(left)}
        right={documentOf(right)}
        names={names}
      >
        <Quiet>{t.theParametersAreTheSame}</Quiet>
      </Values>
      {!left.attempt && !right.attempt && <Rows left={left} right={right} selves={selves} />}
    </>
  );
}

function Rows({ left, right, selves }: { left: Run; right: Run; selves: [string, string] }) {
  const [{ column: picked }, change] = useListState({ column: "" });
  const steps = useSteps();
  const keeperOf = (run: Run, self: string) => (run.outputs?.[0] as string | undefined) ?? self;
  const one = useResults(keeperOf(left, selves[0]), left.id);
  const other = useResults(keeperOf(right, selves[1]), right.id);
  const [leftRows, rightRows] = [one.rows.sorted, other.rows.sorted];
  const columns = useMemo(() => {
    const of = (run: Run, rows: typeof leftRows): Column[] =>
      (run.step ?? steps.data?.items.find(({ program }) => program === run.program))?.columns ?? columnsOf(rows);
    return commonColumns(of(left, leftRows), of(right, rightRows));
  }, [left, right, leftRows, rightRows, steps.data]);
  const column = columns.find(({ name }) => name === picked) ?? columns.find(({ inPlot }) => inPlot) ?? columns[0];
  const both = useMemo(() => (column ? joined(leftRows, rightRows, column) : []), [leftRows, rightRows, column]);
  const lines = useMemo(() => (column ? linesOf(column, { left: t.left, right: t.right }) : []), [column]);
  const table = useMemo(
    () => ({ columns: [t.frame, t.left, t.right, t.change], rows: column ? tableOf(both, column) : [] }),
    [both, column],
  );
  const failed = one.error ?? other.error;
  if (failed !== undefined)
    return (
      <ProblemAlert
        error={failed}
        title={t.couldNotLoadTheResults}
        onRetry={() => {
          one.retry();
          other.retry();
        }}
      />
    );
  if (one.isLoading || other.isLoading) return <Loading />;
  if (!column) return <Quiet>{t.noCommonColumns}</Quiet>;
  return (
    <Stack gap="sm">
      <Chip.Group value={column.name} onChange={(value) => change({ column: String(value) })}>
        <Group gap={6}>
          {columns.map((each) => (
            <Chip key={each.name} value={each.name} size="xs" variant="light">
              {labelOf(each)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Paper withBorder p="xs">
        <Suspense fallback={<Loading label={t.loadingThePlot} />}>
          <Plot rows={both} shown={lines} />
        </Suspense>
      </Paper>
      <TextTable table={table} label={t.resultsByFrame} isNumbered={false} />
    </Stack>
  );
}
