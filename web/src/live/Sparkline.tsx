import { Text } from "@mantine/core";
import { type Measure, measured, type ResultRow } from "../analysis/rows";
import { live as t } from "../messages/en";
import { formatCount } from "../text/format";
import classes from "./live.module.css";

const width = 200;
const height = 36;

/** A quantity of the last frames. Counts are drawn from 0, all else from its least value. */
export function Sparkline({ rows, measure }: { rows: ResultRow[]; measure: Measure }) {
  const points = rows.flatMap((row) => {
    const value = measured(row, measure);
    return value === null ? [] : [{ frame: row["file-number"], value }];
  });
  const newest = points[points.length - 1];
  if (newest === undefined) return null;
  const values = points.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const base = measure.digits === 0 ? Math.min(0, least) : least;
  const first = points[0]?.frame ?? newest.frame;
  const x = (frame: number) => ((frame - first) / Math.max(1, newest.frame - first)) * (width - 4) + 2;
  const y = (value: number) => height - 2 - ((value - base) / (most - base || 1)) * (height - 4);
  const line = points.map(({ frame, value }) => `${x(frame).toFixed(1)},${y(value).toFixed(1)}`);
  const said = (value: number) =>
    measure.digits === 0 ? formatCount(Math.round(value)) : value.toFixed(measure.digits);
  return (
    <div>
      <svg
        className={classes.sparkline}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t.curveOfFrames(measure.label, first, newest.frame)}
        data-testid="sparkline"
      >
        <polyline points={line.length === 1 ? `${line[0]} ${line[0]}` : line.join(" ")} />
      </svg>
      <Text size="xs" c="dimmed">
        {t.valueInFrame(measure.label, said(newest.value), newest.frame, said(least), said(most))}
      </Text>
    </div>
  );
}
