import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { type Measure, measured, type ResultRow, toMeasures } from "../analysis/rows";
import { apiRoot } from "../api/base";
import type { Schemas } from "../api/client";
import { readLines } from "../api/lines";
import { Name } from "../components/Name";
import { RunBadge } from "../lineage/RunBadge";
import { visits as t } from "../messages/en";
import { useSteps } from "../runs/useSteps";
import { useTitles } from "../runs/useTitles";
import { formatCount } from "../text/format";

type Run = Schemas["RunInfo"];

/** So many of the last rows of a run are looked at. */
const mostRows = 200;
const spotFinding = "hutch/per-image-analysis";

/**
 * The last rows of a run that analysed frames; empty for other runs.
 * @param files How many files its dataset has: no fewer than frames.
 */
export function useLastRows(run: Run | undefined, files: number, isOn: boolean): ResultRow[] {
  const keeper = run?.outputs?.[0] as string | undefined;
  const query = useQuery<ResultRow[]>({
    // The rows of an unfinished run are read again when it has more frames.
    queryKey: ["last-rows", run?.id, run?.state, run?.frames ?? files],
    enabled: isOn && keeper !== undefined && !run?.attempt,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (before, query) => (query?.queryKey[1] === run?.id ? before : undefined),
    queryFn: async ({ signal }) => {
      const after = Math.max(0, (run?.frames ?? files) - mostRows);
      const rows: ResultRow[] = [];
      await readLines<ResultRow>(
        `${apiRoot}/datasets/${keeper}/results?${new URLSearchParams({ run: run?.id ?? "", after: String(after) })}`,
        (row) => void rows.push(row),
        { signal },
      );
      return rows;
    },
  });
  return query.data ?? [];
}

/** The frame of a run with the most spots, of all its frames; undefined where none were looked for or found. */
export function useMostSpots(run: Run | undefined, isOn: boolean): number | undefined {
  const keeper = run?.outputs?.[0] as string | undefined;
  const query = useQuery<number | null>({
    // The server reads all rows for it. During a run, the request repeats when the number of frames has grown by half.
    queryKey: ["most-spots", run?.id, run?.state, Math.floor(Math.log2(1 + (run?.frames ?? 0)) / Math.log2(1.5))],
    enabled: isOn && keeper !== undefined && run?.program === spotFinding,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (before, query) => (query?.queryKey[1] === run?.id ? before : undefined),
    queryFn: async ({ signal }) => {
      const rows: ResultRow[] = [];
      await readLines<ResultRow>(
        `${apiRoot}/datasets/${keeper}/results?${new URLSearchParams({ run: run?.id ?? "", most: "n_spots_total" })}`,
        (row) => void rows.push(row),
        { signal },
      );
      const best = rows[0];
      return best && Number(best.n_spots_total) > 0 ? best["file-number"] : null;
    },
  });
  return query.data ?? undefined;
}

/** What the last run found: the range of its main numbers, or the state of a program. It names how many frames were looked at. */
export function Verdict({ run, rows }: { run: Run; rows: ResultRow[] }) {
  const steps = useSteps();
  const title = useTitles()(run);
  const columns = (run.step ?? steps.data?.items.find(({ program }) => program === run.program))?.columns ?? [];
  const shown = toMeasures(columns.filter(({ inPlot }) => inPlot)).flatMap((measure) => rangeOf(rows, measure));
  const input = run.inputs?.[0]?.dataset;
  return (
    <Group gap={6} wrap="nowrap" pos="relative" style={{ zIndex: 1 }} w="fit-content" maw="100%">
      <Text size="xs" component="div" miw={0}>
        <Anchor component={Link} to={`/datasets/${input}/analysis?run=${run.id}`} inherit>
          {shown.length > 0 ? shown.join(", ") : (title ?? <Name>{run.program}</Name>)}
        </Anchor>
        {shown.length > 0 && t.inFrames(formatCount(rows.length), run.frames !== rows.length)}
      </Text>
      {(shown.length === 0 || run.state !== "done") && <RunBadge run={run} />}
    </Group>
  );
}

function rangeOf(rows: ResultRow[], measure: Measure): string[] {
  const values = rows.flatMap((row) => measured(row, measure) ?? []);
  if (values.length === 0) return [];
  const said = (value: number) =>
    measure.digits === 0 ? formatCount(Math.round(value)) : value.toFixed(measure.digits);
  return [t.range(measure.label, said(Math.min(...values)), said(Math.max(...values)))];
}
