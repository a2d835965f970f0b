import {
  Alert,
  Anchor,
  Button,
  Chip,
  Group,
  Modal,
  NumberInput,
  Paper,
  Select,
  Stack,
  Switch,
  Text,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link, useOutletContext, useSearchParams } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { ChartIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { TextTable } from "../components/TextTable";
import { useWork } from "../components/useWork";
import { type DatasetContext, hasRight } from "../dataset/context";
import { RunBadge } from "../lineage/RunBadge";
import { formatCount, formatTime, plural } from "../text/format";
import { measured, measures, type ResultRow } from "./rows";
import { useResults } from "./useResults";

const Plot = lazy(() => import("./Plot"));
type Run = Schemas["RunInfo"];

/** Analysis runs on this dataset, or the run that made it: a live plot and table. */
export default function AnalysisTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  const [search, setSearch] = useSearchParams();
  const query = useQuery({
    queryKey: ["runs", dataset.id],
    queryFn: () => must(api.GET("/runs", { params: { query: { dataset: dataset.id } } })),
  });
  const [isStarting, setStarting] = useState(false);
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title="Could not load the runs" onRetry={() => query.refetch()} />;
  const runs = query.data.items ?? [];
  const run = runs.find((each) => each.id === search.get("run")) ?? runs[0];
  const start = hasRight(dataset, "derive") && <Button onClick={() => setStarting(true)}>Analyse frames</Button>;
  return (
    <Stack>
      {!run ? (
        <EmptyState icon={<ChartIcon size={26} />} title="Not analysed yet" action={start}>
          The analysis finds the diffraction spots of every frame and estimates the resolution. Results go to a new
          dataset.
        </EmptyState>
      ) : (
        <>
          <Group justify="space-between" align="flex-end">
            <Select
              label="Run"
              w={460}
              maw="100%"
              allowDeselect={false}
              data={runs.map((each) => ({
                value: each.id,
                label: `${each.program}, ${formatTime(new Date(each.started))}`,
              }))}
              value={run.id}
              onChange={(value) => setSearch(value ? { run: value } : {}, { replace: true })}
            />
            {start}
          </Group>
          <Results key={run.id} run={run} self={dataset.id} />
        </>
      )}
      {isStarting && (
        <StartDialog
          dataset={dataset}
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

function Results({ run, self }: { run: Run; self: string }) {
  const keeper: string = (run.outputs?.[0] as string | undefined) ?? self;
  const { rows, end, isLoading, error, retry } = useResults(keeper, run.id);
  const [chosen, setChosen] = useState<string[]>(["n_spots_total", "estimated_d_min"]);
  const shown = useMemo(() => measures.filter((measure) => chosen.includes(measure.key)), [chosen]);
  const sorted = rows.sorted;
  const state = (end?.state as string | undefined) ?? run.state;
  const message = (end?.message as string | undefined) ?? run.message;
  const failures = sorted.reduce((sum, row) => sum + (row.error ? 1 : 0), 0);
  if (error !== undefined && rows.count === 0)
    return <ProblemAlert error={error} title="Could not load the results" onRetry={retry} />;
  if (isLoading && rows.count === 0) return <Loading label="Loading the results" />;
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <RunBadge run={{ state }} />
        <Text size="sm" role="status" data-testid="result-count">
          {plural(rows.count, "frame")}
          {failures > 0 ? `, ${formatCount(failures)} failed` : ""}
        </Text>
        {keeper !== self && (
          <Anchor component={Link} to={`/datasets/${keeper}`} size="sm">
            Results dataset
          </Anchor>
        )}
        {run.inputs?.[0] && run.inputs[0].dataset !== self && (
          <Anchor component={Link} to={`/datasets/${run.inputs[0].dataset}`} size="sm">
            Source dataset
          </Anchor>
        )}
      </Group>
      {message && (
        <Alert variant="light" color={state === "failed" ? "red" : "gray"}>
          {message}
        </Alert>
      )}
      {rows.count > 0 && (
        <>
          <Chip.Group multiple value={chosen} onChange={setChosen}>
            <Group gap={6}>
              {measures.map((measure) => (
                <Chip key={measure.key} value={measure.key} size="xs" variant="light">
                  {measure.label}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <Paper withBorder p="xs">
            <Suspense fallback={<Loading label="Loading the plot" />}>
              <Plot rows={sorted} shown={shown} />
            </Suspense>
          </Paper>
          <ResultTable rows={sorted} />
        </>
      )}
    </Stack>
  );
}

function ResultTable({ rows }: { rows: ResultRow[] }) {
  const table = useMemo(() => {
    const hasErrors = rows.some((row) => row.error);
    return {
      columns: ["Frame", ...measures.map((measure) => measure.label), ...(hasErrors ? ["Error"] : [])],
      rows: rows.map((row) => [
        String(row["file-number"]),
        ...measures.map((measure) => measured(row, measure)?.toFixed(measure.digits) ?? "–"),
        ...(hasErrors ? [row.error ?? ""] : []),
      ]),
    };
  }, [rows]);
  return <TextTable table={table} label="Results by frame" isNumbered={false} />;
}

function StartDialog({
  dataset,
  onClose,
  onStarted,
}: {
  dataset: Schemas["DatasetInfo"];
  onClose: () => void;
  onStarted: (run: string) => Promise<void>;
}) {
  const [algorithm, setAlgorithm] = useState("dispersion");
  const [dMin, setDMin] = useState<number | string>("");
  const [dMax, setDMax] = useState<number | string>("");
  const [follow, setFollow] = useState(dataset.state === "open");
  const work = useWork();
  const start = () =>
    work.run(async () => {
      const made = await must(
        api.POST("/datasets/{id}/analyses", {
          params: { path: { id: dataset.id } },
          body: {
            algorithm,
            dMin: dMin === "" ? undefined : Number(dMin),
            dMax: dMax === "" ? undefined : Number(dMax),
            follow: dataset.state === "open" && follow,
          },
        }),
      );
      await onStarted(made.run);
      onClose();
    });
  return (
    <Modal opened onClose={onClose} title="Analyse frames" centered closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <Stack>
          <Select
            label="Algorithm"
            data={["dispersion", "dispersion_extended"]}
            value={algorithm}
            onChange={(value) => setAlgorithm(value ?? "dispersion")}
            allowDeselect={false}
          />
          <Group grow>
            <NumberInput
              label="Highest resolution (Å)"
              value={dMin}
              onChange={setDMin}
              min={0.1}
              decimalScale={2}
              placeholder="no limit"
            />
            <NumberInput
              label="Lowest resolution (Å)"
              value={dMax}
              onChange={setDMax}
              min={0.1}
              decimalScale={2}
              placeholder="no limit"
            />
          </Group>
          {dataset.state === "open" && (
            <Switch
              label="Include new frames until the dataset is closed"
              checked={follow}
              onChange={(event) => setFollow(event.currentTarget.checked)}
            />
          )}
          <ProblemAlert error={work.error} title="Could not start the analysis" />
          <Group justify="flex-end">
            <Button type="submit" loading={work.isBusy}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
