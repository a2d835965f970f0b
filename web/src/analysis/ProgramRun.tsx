import { Alert, Anchor, Button, Code, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { StatementLines } from "../dataset/StatementLines";
import { RunBadge } from "../lineage/RunBadge";
import { analysis as t } from "../messages/en";
import { useSession } from "../session/session";
import { formatHours, formatSeconds, plural } from "../text/format";
import { RunLog } from "./RunLog";

type Run = Schemas["RunInfo"];

/** Beats of a node come every few seconds, and no event tells them. */
const renewMs = 1_000;

/** Whether an engine has the run, or will have it. */
export function isGoing({ state }: Pick<Run, "state">): boolean {
  return state === "queued" || state === "running" || state === "handed-over";
}

/** A run of a program: state, attempt, last lines of the log, and what can be done with it. */
export function ProgramRun({ run: listed, self, canManage }: { run: Run; self: string; canManage: boolean }) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["run", listed.id],
    queryFn: () => must(api.GET("/runs/{run}", { params: { path: { run: listed.id } } })),
    initialData: listed,
    refetchInterval: ({ state: { data } }) => (data && isGoing(data) ? renewMs : false),
  });
  const run = query.data;
  const refresh = async () => {
    await Promise.all([query.refetch(), queries.invalidateQueries({ queryKey: ["runs", self] })]);
  };
  const output = run.outputs?.[0] as string | undefined;
  const input: string | undefined = run.inputs?.[0]?.dataset;
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <RunBadge run={run} />
        <Text size="sm" data-testid="run-progress">
          <Progress run={run} />
        </Text>
        <Actions run={run} canManage={canManage} onChanged={refresh} />
        {output && output !== self && (
          <Anchor component={Link} to={`/datasets/${output}`} size="sm">
            {run.state === "done" ? t.results : t.datasetForTheResults}:{" "}
            <Name wrap>{run.names?.[output] ?? output}</Name>
          </Anchor>
        )}
        {input && input !== self && (
          <Anchor component={Link} to={`/datasets/${input}`} size="sm">
            {t.input}
            <Name wrap>{run.names?.[input] ?? input}</Name>
          </Anchor>
        )}
      </Group>
      <ProblemAlert error={query.error} title={t.thisIsTheLastKnownState} onRetry={() => query.refetch()} />
      {run.attempt?.reason && isGoing(run) && (
        <Alert variant="light" color="yellow">
          <Name wrap>{run.attempt.reason}</Name>
        </Alert>
      )}
      {run.message && run.state !== "done" && (
        <Alert variant="light" color={run.state === "failed" ? "red" : "gray"}>
          <Name wrap>{run.message}</Name>
        </Alert>
      )}
      {run.repeats && run.state === "done" && output && <StatementLines dataset={output} rerun={run.id} />}
      {run.state === "done" && output && run.attempt && <OpenResults dataset={output} />}
      <Facts run={run} />
      <FurtherInputs run={run} />
      <RunLog run={run} />
    </Stack>
  );
}

/** How to close results that a program left open: programs that wait for a close start only then. */
function OpenResults({ dataset: id }: { dataset: string }) {
  const { data: dataset } = useQuery({
    queryKey: ["dataset-state", id],
    queryFn: () => must(api.GET("/datasets/{id}", { params: { path: { id } } })),
    retry: false,
  });
  if (dataset?.state !== "open" || dataset.kind !== "derived" || dataset.yourRight !== "manage") return null;
  return (
    <Text size="sm" c="dimmed">
      {t.theResultsAreOpen} <Code>{`hutch close ${dataset.name}`}</Code>
    </Text>
  );
}

function Progress({ run }: { run: Run }) {
  const now = useNow(isGoing(run));
  const elapsed = formatSeconds(
    Math.max(0, Math.round(((run.finished ? Date.parse(run.finished) : now) - Date.parse(run.started)) / 1000)),
  );
  const { number = 0, ahead, engine, node } = run.attempt ?? {};
  if (run.state === "queued")
    return (
      <>
        {ahead == null ? t.waits : ahead === 0 ? t.nextInTheQueue : t.aheadInTheQueue(plural(ahead, t.countRuns))} ·{" "}
        {elapsed}
        {number > 0 && <>{t.attempt(ahead == null ? number : number + 1)}</>}
      </>
    );
  return (
    <>
      {number > 0 && (
        <>
          {t.attempt2}
          {number} {engine && t.with(engine)} {node && <Name>{t.on(node)}</Name>} ·{" "}
        </>
      )}
      {elapsed}
    </>
  );
}

function Facts({ run }: { run: Run }) {
  const words: string = Object.entries((run.parameters as Record<string, unknown> | undefined) ?? {})
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join(", ");
  return (
    <Text size="sm" c="dimmed" component="div">
      <Name>{run.program}</Name> {run.version}
      {t.startedBy}
      <Name>{run.user ?? "–"}</Name>
      {run.site && (
        <>
          {t.atTheSite}
          <Name>{run.site}</Name>
        </>
      )}
      {run.repeats && t.asARerun}
      {run.attempt?.coreSeconds ? t.withCoreHours(formatHours(run.attempt.coreSeconds / 3600)) : null}
      {words && (
        <>
          {" "}
          {t.with2}
          <Name wrap>{words}</Name>
        </>
      )}
      {run.command && (
        <Code block mt={6} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {run.command}
        </Code>
      )}
    </Text>
  );
}

/** The inputs after the first, by their names in the program: the image in which it runs is one of them. */
function FurtherInputs({ run }: { run: Run }) {
  return (run.inputs ?? [])
    .filter(({ name }) => name)
    .map(({ name, dataset, snapshot }) => (
      <Text key={name} size="sm" c="dimmed" component="div">
        {name === "image" ? t.image : <Name>{name ?? ""}</Name>}:{" "}
        <Anchor component={Link} to={`/datasets/${dataset}${snapshot ? `?at=${snapshot}` : ""}`} inherit>
          <Name wrap>{`${run.names?.[dataset] ?? dataset}${snapshot ? `@${snapshot}` : ""}`}</Name>
        </Anchor>
      </Text>
    ));
}

/** Cancels a run that has not ended; returns one that failed to the queue. */
function Actions({ run, canManage, onChanged }: { run: Run; canManage: boolean; onChanged: () => Promise<void> }) {
  const { me, hasRole } = useSession();
  const work = useWork();
  const isOwn = run.user === me?.user;
  const params = { params: { path: { run: run.id } } };
  const cancel = async () => {
    await must(api.POST("/runs/{run}/stop", params));
    await onChanged();
  };
  const retry = async () => {
    await must(api.POST("/runs/{run}/retry", params));
    await onChanged();
  };
  const rerun = async () => {
    await must(api.POST("/runs/{run}/rerun", { ...params, body: {} }));
    await onChanged();
  };
  return (
    <>
      {run.state === "done" && !run.repeats && run.attempt && (
        <Button size="compact-sm" variant="light" loading={work.isBusy} onClick={() => work.run(rerun)}>
          {t.runAgainAndCompare}
        </Button>
      )}
      {isGoing(run) && (isOwn || canManage || hasRole("site-admin", "administrator")) && (
        <Button size="compact-sm" variant="light" color="red" loading={work.isBusy} onClick={() => work.run(cancel)}>
          {t.cancel}
        </Button>
      )}
      {(run.state === "failed" || run.state === "cancelled") && isOwn && (
        <Button size="compact-sm" variant="light" loading={work.isBusy} onClick={() => work.run(retry)}>
          {t.retry}
        </Button>
      )}
      <ProblemAlert error={work.error} title={t.couldNotChangeTheRun} />
    </>
  );
}

/** The time, every second while something is in progress. */
function useNow(isOn: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isOn) return;
    const timer = window.setInterval(() => setNow(Date.now()), renewMs);
    return () => window.clearInterval(timer);
  }, [isOn]);
  return now;
}
