import { Anchor, Select, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { Link } from "react-router";
import { apiRoot } from "../api/base";
import { api, must, type Schemas } from "../api/client";
import { readLines } from "../api/lines";
import { readAgain } from "../api/readAgain";
import { ProblemAlert } from "../components/ProblemAlert";
import { frames as t } from "../messages/en";
import { formatTime, plural } from "../text/format";
import type { Address } from "./address";
import { readSpots, type SpotPosition } from "./detector/spots";

type Row = Schemas["ResultRow"];
/** The program of runs that look for spots. */
export const spotFinding = "hutch/per-image-analysis";

/** What an analysis found on a frame. */
export interface Spots {
  runs: Schemas["RunInfo"][];
  /** The one whose spots are drawn. */
  run: Schemas["RunInfo"] | undefined;
  row: Row | undefined;
  positions: SpotPosition[];
  error: unknown;
}

/** The spots of a frame that a run found; the runs that could have. */
export function useSpots(dataset: string, { run, frame }: Address): Spots {
  const runs = useQuery({
    queryKey: ["runs", dataset],
    queryFn: () => must(api.GET("/runs", { params: { query: { dataset } } })),
  });
  const mine = useMemo(
    () =>
      runs.data?.items?.filter((each) => each.program === spotFinding && each.inputs?.[0]?.dataset === dataset) ?? [],
    [runs.data, dataset],
  );
  const chosen = runs.data?.items?.find((each) => each.id === run);
  const keeper = chosen?.outputs?.[0] as string | undefined;
  const result = useQuery({
    queryKey: ["frame-result", keeper, run, frame],
    enabled: keeper !== undefined && run !== undefined,
    queryFn: async ({ signal }) => {
      const rows: Row[] = [];
      const query = new URLSearchParams({ run: run ?? "", frame: String(frame) });
      await readLines<Row>(`${apiRoot}/datasets/${keeper}/results?${query}`, (row) => void rows.push(row), { signal });
      return rows[0] ?? null;
    },
  });
  useLateRow(chosen?.state === "running" ? keeper : undefined, run, frame);
  const row = run ? (result.data ?? undefined) : undefined;
  const text = row?.spot_positions;
  const positions = useMemo(() => (typeof text === "string" ? readSpots(text) : []), [text]);
  return { runs: mine, run: chosen, row, positions, error: runs.error ?? result.error ?? undefined };
}

/** A frame may be seen before it is analysed: its row is read again when the server tells of it. */
function useLateRow(keeper: string | undefined, run: string | undefined, frame: number): void {
  const queries = useQueryClient();
  const seen = useRef(frame);
  seen.current = frame;
  useEffect(() => {
    if (keeper === undefined) return;
    const renew = () => void readAgain(queries, ["frame-result", keeper, run, seen.current]);
    const source = new EventSource(`${apiRoot}/events?dataset=${encodeURIComponent(keeper)}`);
    // The stream does not report rows from before the connection.
    source.onopen = renew;
    source.addEventListener("result.row", (event) => {
      const { data } = JSON.parse((event as MessageEvent<string>).data) as Schemas["EventInfo"];
      if (data?.frame === seen.current) renew();
    });
    return () => source.close();
  }, [keeper, run, queries]);
}

/** Which run's spots are drawn over the frame, and what it found. */
export function SpotsChoice({
  dataset,
  frame,
  spots,
  onRun,
}: {
  dataset: string;
  frame: number;
  spots: Spots;
  onRun: (run: string | undefined) => void;
}) {
  if (spots.runs.length === 0 && spots.error === undefined)
    return (
      <Text size="xs" c="dimmed">
        {t.noSpotFindingYetSee}{" "}
        <Anchor component={Link} size="xs" underline="always" to={`/datasets/${dataset}/analysis`}>
          {t.analysis}
        </Anchor>
        .
      </Text>
    );
  return (
    <Stack gap={4}>
      <Select
        label={t.showSpots}
        size="xs"
        clearable
        clearButtonProps={{ "aria-label": t.noSpots }}
        placeholder={t.none}
        data={spots.runs.map((each) => ({ value: each.id, label: formatTime(new Date(each.started)) }))}
        value={spots.run?.id ?? null}
        onChange={(value) => onRun(value ?? undefined)}
      />
      <ProblemAlert error={spots.error} title={t.couldNotLoadTheSpots} />
      {spots.run && (
        <Text size="xs" role="status" data-testid="spots">
          {describe(spots, frame)}
        </Text>
      )}
    </Stack>
  );
}

function describe({ row, positions }: Spots, frame: number): string {
  if (!row) return t.theRunHasNoRow(frame);
  if (row.error) return row.error;
  const found = plural(Number(row.n_spots_total ?? 0), t.countSpots);
  if (row.spot_positions === undefined) return t.theRunDidNotKeepWhere(found);
  return positions.length === 0 ? found : t.drawnOverTheFrame(found);
}
