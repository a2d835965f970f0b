import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useRef } from "react";
import { Link } from "react-router";
import { apiRoot, entryUrl } from "../api/base";
import { type Schemas, send } from "../api/client";
import { readProblem } from "../api/problem";
import { ProblemAlert } from "../components/ProblemAlert";
import { analysis as t } from "../messages/en";
import { lastLines } from "./lastLines";
import classes from "./RunLog.module.css";

const renewMs = 1_000;
const maxBytes = 65_536;
const file = "hutch-run.log";

/** The last lines of a program's output: they follow while it runs, and are a file of the results afterwards. */
export function RunLog({ run }: { run: Schemas["RunInfo"] }) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  const isGoing = run.state === "queued" || run.state === "running";
  const output = run.outputs?.[0] as string | undefined;
  const query = useQuery({
    queryKey: ["run-log", run.id, run.attempt?.number, isGoing],
    queryFn: ({ signal }) => (isGoing ? readTail(run.id, signal) : readFile(output, signal)),
    enabled: run.state !== "queued" && run.state !== "handed-over",
    refetchInterval: isGoing ? renewMs : false,
    placeholderData: (before) => before,
  });
  const text = query.data ?? "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when lines are added
  useLayoutEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  if (run.state === "queued" || run.state === "handed-over") return null;
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm" fw={600} component="h2">
          {t.lastLinesOfTheLog}
        </Text>
        {!isGoing && output && text && (
          <Anchor component={Link} to={`/datasets/${output}/files/${file}`} size="sm">
            {t.wholeLog}
          </Anchor>
        )}
      </Group>
      <ProblemAlert error={query.error} title={t.couldNotLoadTheLog} onRetry={() => query.refetch()} />
      <pre
        ref={box}
        className={classes.log}
        tabIndex={0}
        role="log"
        aria-label={t.lastLinesOfTheLog}
        data-testid="run-log"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < 8;
        }}
      >
        {text || (isGoing ? t.nothingYet : t.itPrintedNothing)}
      </pre>
    </div>
  );
}

async function readTail(run: string, signal: AbortSignal): Promise<string> {
  return readText(await send(`${apiRoot}/runs/${run}/log`, { signal }));
}

async function readFile(output: string | undefined, signal: AbortSignal): Promise<string> {
  if (!output) return "";
  return readText(await send(entryUrl(output, file), { signal, headers: { Range: `bytes=-${maxBytes}` } }));
}

/** No log yet, and none for this caller, are no problems. */
async function readText(response: Response): Promise<string> {
  if (response.status === 404 || response.status === 403 || response.status === 416) return "";
  if (!response.ok) throw await readProblem(response);
  return lastLines(await response.text());
}
