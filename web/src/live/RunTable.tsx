import { Code, Progress, Stack } from "@mantine/core";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import { live as t } from "../messages/en";
import { useTitles } from "../runs/useTitles";
import { formatCount, formatRate } from "../text/format";
import { DatasetLink } from "./DatasetLink";
import { Bad, LiveTable, lag, State } from "./LiveTable";

type Run = Schemas["LiveRunInfo"];

/** Runs that are not over; a click on the dataset opens the results. */
export function RunTable({ live }: { live: Schemas["LiveInfo"] }) {
  const titleOf = useTitles();
  const columns = [t.dataset, t.state, t.analysis, t.done, t.waiting, t.lag, t.framesS, t.inWork, t.skipped, t.givenUp];
  return (
    <LiveTable
      title={t.inProgress}
      empty={
        <>
          {t.noRunIsInProgress}
          <Code>hutch analyse</Code>
          {t.startsOneAndSoDoes}
          <i>{t.analysis}</i>
          {t.ofADataset}
        </>
      }
      columns={live.everything ? [...columns, t.user] : columns}
      minWidth={900}
      rows={live.runs.map((run) => ({
        key: run.id,
        cells: [
          <DatasetLink key="dataset" name={run.datasetName} to={`/datasets/${run.dataset}/analysis?run=${run.id}`} />,
          <State key="state">{run.state}</State>,
          titleOf(run) ?? <Name key="program">{run.program}</Name>,
          ...(run.attempt == null ? figures(run) : [<Attempt key="done" run={run} />, ...Array<string>(6).fill("–")]),
          ...(live.everything ? [<Name key="user">{run.user}</Name>] : []),
        ],
      }))}
    />
  );
}

function figures(run: Run) {
  return [
    <Share key="done" run={run} />,
    formatCount(run.waiting),
    lag(run.lagSeconds),
    formatRate(run.framesPerSecond),
    formatCount(run.inWork),
    formatCount(run.skipped),
    <Bad key="given-up" count={run.givenUp} />,
  ];
}

/** A run of a program has no frames. */
function Attempt({ run: { attempt, started } }: { run: Run }) {
  return (
    <>
      {attempt ? t.attemptStarted(formatCount(attempt)) : t.started} <Time value={started} />
    </>
  );
}

function Share({ run: { done, total, datasetName } }: { run: Run }) {
  if (total == null) return <>{formatCount(done)}</>;
  return (
    <Stack gap={4} miw={110}>
      {formatCount(done)}
      {t.of}
      {formatCount(total)}
      <Progress
        size="xs"
        value={total === 0 ? 100 : (100 * done) / total}
        aria-label={t.framesThatAreDone(datasetName ?? t.theRun)}
      />
    </Stack>
  );
}
