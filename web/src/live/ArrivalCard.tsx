import { Anchor, Badge, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { encodePath } from "../api/base";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import { StateBadge } from "../datasets/StateBadge";
import { parseFramePath } from "../frames/detector/path";
import { newestFrame } from "../frames/newest";
import { live as t } from "../messages/en";
import { useSteps } from "../runs/useSteps";
import { formatRate } from "../text/format";
import { hasRight } from "../text/rights";
import { DatasetPicture } from "../thumbnails/DatasetPicture";
import { mayHavePicture } from "../thumbnails/names";
import { Thumbnail } from "../thumbnails/Thumbnail";
import type { Arrivals } from "./arrivals";
import { Curve } from "./Curve";
import { FramePicture } from "./FramePicture";
import classes from "./live.module.css";

const pictureSize = 140;

interface ArrivalCardProps {
  arrival: Schemas["ArrivalInfo"];
  /** The newest analysis of its frames; undefined if there is none. */
  run: Schemas["RunInfo"] | undefined;
  arrivals: Arrivals;
  now: number;
  /** Beside the name. */
  actions?: ReactNode;
}

/** Finds the newest of some runs that analyses the frames of a dataset. */
export function useAnalysisOf(runs: Schemas["RunInfo"][]): (dataset: string) => Schemas["RunInfo"] | undefined {
  const steps = useSteps().data?.items ?? [];
  return (dataset) =>
    runs.find(
      ({ program, step, inputs }) =>
        inputs?.[0]?.dataset === dataset && (step || steps.some((known) => known.program === program)),
    );
}

/** A dataset with new data: its newest frame or file, how much comes, and the curve of its analysis. */
export function ArrivalCard({ arrival, run, arrivals, now, actions }: ArrivalCardProps) {
  const { dataset } = arrival;
  const path = arrivals.path(dataset.id) ?? arrival.path ?? undefined;
  const picture = usePictured(path);
  const frame = useNewestFrame(dataset, path, arrivals.newest(dataset.id));
  const spots = run?.program === "hutch/per-image-analysis" ? run.id : undefined;
  const rate = arrivals.rate(dataset.id, now);
  const last = arrivals.last(dataset.id);
  return (
    <Paper component="li" withBorder p="sm" data-testid="series" data-frame={frame}>
      <div className={classes.card}>
        {frame > 0 ? (
          <FramePicture dataset={dataset.id} frame={frame} />
        ) : (
          <div className={classes.picture}>
            {picture !== undefined ? (
              <Thumbnail
                dataset={dataset.id}
                path={picture}
                size={pictureSize}
                isNewest
                changed={picture === path ? last : undefined}
              >
                <DatasetPicture dataset={dataset} size={pictureSize} />
              </Thumbnail>
            ) : (
              <DatasetPicture dataset={dataset} size={pictureSize} />
            )}
          </div>
        )}
        <Stack gap={4} justify="flex-start">
          <Group justify="space-between" wrap="nowrap" gap={4}>
            <Anchor component={Link} to={addressOf(dataset.id, frame, path, rate > 0, spots)} fw={650}>
              <Name wrap>{dataset.name}</Name>
            </Anchor>
            {actions}
          </Group>
          {dataset.title && (
            <Text size="sm" lineClamp={2}>
              <Name wrap>{dataset.title}</Name>
            </Text>
          )}
          <Group gap={6}>
            {rate > 0 ? (
              <Badge variant="light" color="green" tt="none" data-testid="rate">
                {formatRate(rate)} {frame > 0 ? "frames" : "files"}/s
              </Badge>
            ) : (
              <StateBadge dataset={dataset} />
            )}
            <Text size="xs" c="dimmed" component="div" maw="100%">
              {frame > 0 ? t.frame(frame) : path !== undefined && <Name>{path}</Name>}
              {frame === 0 && path !== undefined && ", "}
              <Time value={last > 0 ? new Date(last) : arrival.time} />
            </Text>
          </Group>
          {run && <Curve key={run.id} {...{ dataset, run, arrivals }} />}
        </Stack>
      </div>
    </Paper>
  );
}

/** The newest file that may have a picture: files between, such as notes of a microscope, leave it. */
function usePictured(path: string | undefined): string | undefined {
  const [kept, setKept] = useState<string>();
  const isPicture = path !== undefined && mayHavePicture(path);
  if (isPicture && path !== kept) setKept(path);
  return isPicture ? path : kept;
}

function addressOf(id: string, frame: number, path: string | undefined, isComing: boolean, run: string | undefined) {
  if (frame === 0) return path === undefined ? `/datasets/${id}` : `/datasets/${id}/files/${encodePath(path)}`;
  const search = new URLSearchParams(isComing ? { follow: "on" } : { frame: String(frame) });
  if (run) search.set("run", run);
  return `/datasets/${id}/frames?${search}`;
}

/** The newest frame; 0 for what is no series. Only where the newest file does not say it, the dataset is looked into. */
function useNewestFrame(
  dataset: Schemas["DatasetInfo"],
  path: string | undefined,
  arrived: number | undefined,
): number {
  const named = parseFramePath(path ?? "");
  const known = named?.channel === "" ? named.number : 0;
  const query = useQuery({
    queryKey: ["newest-frame", dataset.id, dataset.headVersion],
    queryFn: async () => (await newestFrame(dataset.id, "", dataset.files)) ?? 0,
    enabled: known === 0 && arrived === undefined && hasRight(dataset, "read"),
    staleTime: Number.POSITIVE_INFINITY,
    // Whose files the reader may not list has no frames to show.
    retry: false,
    placeholderData: (before) => before,
  });
  return Math.max(arrived ?? 0, known, query.data ?? 0);
}
