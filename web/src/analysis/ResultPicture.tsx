import { Chip, Group, Paper, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { entryUrl } from "../api/base";
import { type Schemas, sendOk } from "../api/client";
import { load } from "../api/load";
import { Loading } from "../components/Loading";
import { type Grid, gridOf } from "../frames/detector/grid";
import { analysis as t } from "../messages/en";
import { HeatMap } from "./HeatMap";
import { canDraw } from "./heat";
import { type Column, type Measure, type ResultRow, toMeasures } from "./rows";

const Plot = lazy(() => load(() => import("./Plot")));

interface ResultPictureProps {
  rows: ResultRow[];
  /** The rows that the filter shows; a grid shows all cells. */
  shown: ResultRow[];
  columns: Column[];
  run: string;
  /** What the run reads; undefined if the reader may not see it. */
  input: Schemas["RunInput"] | undefined;
}

/** The results as a picture: a grid scan as a heat map, any other series as a plot by frame. */
export function ResultPicture({ rows, shown, columns, run, input }: ResultPictureProps) {
  const grid = useGrid(input);
  const [kind, setKind] = useState<"grid" | "plot">("grid");
  const measures = useMemo(() => toMeasures(columns), [columns]);
  const usual = useMemo(() => columns.filter((column) => column.inPlot).map((column) => column.name), [columns]);
  const navigate = useNavigate();
  const onFrame = input && ((frame: number) => navigate(frameUrl(input, run, frame)));
  if (measures.length === 0) return null;
  const shared = { rows, measures, usual, onFrame };
  if (!grid) return <PlotPicture {...shared} rows={shown} />;
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t.picture}
        style={{ alignSelf: "flex-start" }}
        data={[
          { value: "grid", label: t.grid },
          { value: "plot", label: t.plotByFrame },
        ]}
        value={kind}
        onChange={(value) => setKind(value as typeof kind)}
      />
      {kind === "grid" ? <GridPicture {...shared} grid={grid} /> : <PlotPicture {...shared} rows={shown} />}
    </Stack>
  );
}

interface PictureProps {
  rows: ResultRow[];
  measures: Measure[];
  /** The measures that are shown unless somebody chooses others. */
  usual: string[];
  onFrame: ((frame: number) => void) | undefined;
}

function GridPicture({ grid, rows, measures, usual, onFrame }: PictureProps & { grid: Grid }) {
  const [picked, setPicked] = useState<string>();
  const shown = measures.find((measure) => measure.key === (picked ?? usual[0])) ?? (measures[0] as Measure);
  return (
    <Stack gap="sm">
      <Select
        label={t.colourBy}
        size="xs"
        w={260}
        allowDeselect={false}
        data={measures.map((measure) => ({ value: measure.key, label: measure.label }))}
        value={shown.key}
        onChange={(key) => key && setPicked(key)}
      />
      <Paper withBorder p="xs">
        <HeatMap grid={grid} rows={rows} measure={shown} onFrame={onFrame} />
      </Paper>
    </Stack>
  );
}

function PlotPicture({ rows, measures, usual, onFrame }: PictureProps) {
  const [picked, setPicked] = useState<string[]>();
  const chosen = picked ?? usual;
  const key = chosen.join();
  const shown = useMemo(() => measures.filter((measure) => key.split(",").includes(measure.key)), [measures, key]);
  return (
    <Stack gap="sm">
      <Chip.Group multiple value={chosen} onChange={setPicked}>
        <Group gap={6}>
          {measures.map((measure) => (
            <Chip
              key={measure.key}
              value={measure.key}
              size="xs"
              variant="light"
              wrapperProps={{ title: measure.description }}
            >
              {measure.label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Paper withBorder p="xs">
        <Suspense fallback={<Loading label={t.loadingThePlot} />}>
          <Plot rows={rows} shown={shown} onFrame={onFrame} />
        </Suspense>
        {onFrame && (
          <Text size="xs" c="dimmed">
            {t.clickOnAPointToLook}
          </Text>
        )}
      </Paper>
    </Stack>
  );
}

/** The grid of the frames that a run reads, as their header says; undefined for another scan, and until it is known. */
function useGrid(input: Schemas["RunInput"] | undefined): Grid | undefined {
  const at = input?.snapshot ? String(input.snapshot) : undefined;
  const header = useQuery({
    queryKey: ["grid", input?.dataset, at],
    enabled: input !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    // A user without the right to read the frames sees a plot.
    retry: false,
    queryFn: async ({ signal }) => {
      const answer = await sendOk(entryUrl(input?.dataset ?? "", "header", { at }), { signal });
      return gridOf(await answer.json()) ?? null;
    },
  });
  return header.data && canDraw(header.data) ? header.data : undefined;
}

/** Where a frame is looked at as the run saw it, with its spots. */
function frameUrl(input: Schemas["RunInput"], run: string, frame: number): string {
  const search = new URLSearchParams({ frame: String(frame), run });
  if (input.snapshot) search.set("at", String(input.snapshot));
  return `/datasets/${input.dataset}/frames?${search}`;
}
