import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { columnsOf, measured, type ResultRow, toMeasures } from "../analysis/rows";
import { apiRoot } from "../api/base";
import type { Schemas } from "../api/client";
import { readLines } from "../api/lines";
import { live as t } from "../messages/en";
import { useSteps } from "../runs/useSteps";
import { type Arrivals, keptRows } from "./arrivals";
import { Sparkline } from "./Sparkline";

interface CurveProps {
  dataset: Schemas["DatasetInfo"];
  run: Schemas["RunInfo"];
  arrivals: Arrivals;
}

/** A quantity of the last frames of an analysis: first the main one of its step, then whichever is chosen. */
export function Curve({ dataset, run, arrivals }: CurveProps) {
  const [chosen, setChosen] = useState("");
  const steps = useSteps();
  useFirstRows(dataset, run, arrivals);
  const rows = arrivals.rowsOf(run.id);
  const columns =
    (run.step ?? steps.data?.items.find(({ program }) => program === run.program))?.columns ?? columnsOf(rows);
  const measures = toMeasures(columns).filter((measure) => rows.some((row) => measured(row, measure) !== null));
  const main = columns.find(({ name, inPlot }) => inPlot && measures.some(({ key }) => key === name))?.name;
  const measure = measures.find(({ key }) => key === (chosen || main)) ?? measures[0];
  if (!measure) return null;
  return (
    <div>
      <Sparkline rows={rows} measure={measure} />
      {measures.length > 1 && (
        <NativeSelect
          size="xs"
          variant="unstyled"
          aria-label={t.curveOf(dataset.name)}
          value={measure.key}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={measures.map(({ key, label }) => ({ value: key, label }))}
        />
      )}
    </div>
  );
}

/** The rows from before somebody looked; those that come are told by events. */
function useFirstRows(dataset: Schemas["DatasetInfo"], run: Schemas["RunInfo"], arrivals: Arrivals): void {
  const keeper = run.outputs?.[0] as string | undefined;
  useQuery({
    queryKey: ["live-rows", run.id],
    enabled: keeper !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => {
      // Only the last are drawn.
      const after = Math.max(0, dataset.files - 2 * keptRows);
      const query = new URLSearchParams({ run: run.id, after: String(after) });
      let count = 0;
      await readLines<ResultRow>(
        `${apiRoot}/datasets/${keeper}/results?${query}`,
        (row) => {
          arrivals.addRow(run.id, row);
          count++;
          return undefined;
        },
        { signal },
      );
      return count;
    },
  });
}
