import { Text } from "@mantine/core";
import { live as t } from "../messages/en";
import { formatCount } from "../text/format";
import type { Spots } from "./arrivals";
import classes from "./live.module.css";

const width = 200;
const height = 36;

/** How many spots the last frames have. */
export function Sparkline({ spots }: { spots: Spots[] }) {
  const counts = spots.flatMap(({ count }) => (count === null ? [] : [count]));
  const most = Math.max(1, ...counts);
  const newest = spots[spots.length - 1];
  if (newest === undefined) return null;
  const first = (spots[0] as Spots).frame;
  const span = Math.max(1, newest.frame - first);
  const x = (frame: number) => (((frame - first) / span) * (width - 4) + 2).toFixed(1);
  const points = spots.flatMap(({ frame, count }) =>
    count === null ? [] : [`${x(frame)},${(height - 2 - (count / most) * (height - 4)).toFixed(1)}`],
  );
  const words = t.spotsInFrameAtMost(formatCount(newest.count ?? 0), newest.frame, formatCount(Math.max(0, ...counts)));
  return (
    <div>
      <svg
        className={classes.sparkline}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t.spotsOfFrames(first, newest.frame)}
        data-testid="sparkline"
      >
        <polyline points={points.length === 1 ? `${points[0]} ${points[0]}` : points.join(" ")} />
      </svg>
      <Text size="xs" c="dimmed">
        {words}
      </Text>
    </div>
  );
}
