import { Anchor, Badge, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { apiRoot } from "../api/base";
import type { Schemas } from "../api/client";
import { readLines } from "../api/lines";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import { StateBadge } from "../datasets/StateBadge";
import { formatRate } from "../text/format";
import { type Arrivals, keptSpots } from "./arrivals";
import classes from "./now.module.css";
import { Sparkline } from "./Sparkline";
import { Thumbnail } from "./Thumbnail";

interface SeriesCardProps {
  dataset: Schemas["DatasetInfo"];
  /** The newest frame. */
  frame: number;
  /** The newest run that looks for spots; undefined if there is none. */
  run: Schemas["RunInfo"] | undefined;
  arrivals: Arrivals;
  now: number;
}

/** A series of frames: the newest one, how many come, and their spots. */
export function SeriesCard({ dataset, frame, run, arrivals, now }: SeriesCardProps) {
  useFirstSpots(dataset, run, arrivals);
  const rate = arrivals.rate(dataset.id, now);
  const last = arrivals.last(dataset.id);
  const search = new URLSearchParams(rate > 0 ? { follow: "on" } : { frame: String(frame) });
  if (run) search.set("run", run.id);
  return (
    <Paper component="li" withBorder p="sm" data-testid="series" data-frame={frame}>
      <div className={classes.card}>
        <Thumbnail dataset={dataset.id} frame={frame} />
        <Stack gap={4} justify="flex-start">
          <Anchor component={Link} to={`/datasets/${dataset.id}/frames?${search}`} fw={650}>
            <Name wrap>{dataset.name}</Name>
          </Anchor>
          {dataset.title && (
            <Text size="sm" lineClamp={2}>
              <Name wrap>{dataset.title}</Name>
            </Text>
          )}
          <Group gap={6}>
            {rate > 0 ? (
              <Badge variant="light" color="green" tt="none" data-testid="rate">
                {formatRate(rate)} frames/s
              </Badge>
            ) : (
              <StateBadge dataset={dataset} />
            )}
            <Text size="xs" c="dimmed">
              frame {frame}, <Time value={last > 0 ? new Date(last) : dataset.created} />
            </Text>
          </Group>
          {run && <Sparkline spots={arrivals.spotsOf(run.id)} />}
        </Stack>
      </div>
    </Paper>
  );
}

/** The spots that were found before somebody looked; those that come are told by events. */
function useFirstSpots(dataset: Schemas["DatasetInfo"], run: Schemas["RunInfo"] | undefined, arrivals: Arrivals): void {
  const keeper = run?.outputs?.[0] as string | undefined;
  useQuery({
    queryKey: ["now-spots", run?.id],
    enabled: keeper !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => {
      // Only the last are drawn.
      const after = Math.max(0, dataset.files - 2 * keptSpots);
      const query = new URLSearchParams({ run: run?.id ?? "", after: String(after) });
      let count = 0;
      await readLines<Schemas["ResultRow"]>(
        `${apiRoot}/datasets/${keeper}/results?${query}`,
        (row) => {
          arrivals.addSpots(run?.id ?? "", row);
          count++;
          return undefined;
        },
        { signal },
      );
      return count;
    },
  });
}
