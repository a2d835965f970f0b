import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { tables as t } from "../messages/en";
import { PlotActions } from "../saving/PlotActions";
import type { Points } from "./messages";
import type { Table } from "./Table";

const height = 320;
const mostPoints = 4000;

interface Props {
  table: Table;
  /** Changes when other rows are seen. */
  version: number;
  x: number | undefined;
  y: number;
  names: readonly [x: string, y: string];
}

/** One column by another. Drag to zoom in, double-click to reset. */
export default function ColumnPlot({ table, version, x, y, names: [across, up] }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const [points, setPoints] = useState<Points>();
  const [error, setError] = useState<unknown>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the rows that are seen.
  useEffect(() => {
    let isCurrent = true;
    table.plot(x, y, mostPoints).then(
      (found) => isCurrent && setPoints(found),
      (reason: unknown) => isCurrent && setError(reason),
    );
    return () => {
      isCurrent = false;
    };
  }, [table, version, x, y]);
  useEffect(() => {
    const element = box.current;
    if (!element || !points) return;
    const isDark = scheme === "dark";
    const stroke = isDark ? "#c9c9c9" : "#343a40";
    const grid = { stroke: isDark ? "#3b3b3b" : "#e9ecef", width: 1 };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        scales: { x: { time: false } },
        axes: [
          { stroke, grid, ticks: grid, label: across, labelSize: 22 },
          { stroke, grid, ticks: grid, size: 70 },
        ],
        series: [
          { label: across },
          { label: up, stroke: isDark ? "#66d9e8" : "#0b7285", width: 1.5, points: { size: 4 } },
        ],
      },
      [points.x, points.y],
      element,
    );
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [points, scheme, across, up]);
  if (error) return <ProblemAlert error={error} title={t.couldNotPlotTheColumn} />;
  if (!points) return <Loading />;
  return (
    <>
      <div
        ref={box}
        role="img"
        aria-label={t.plotOf(up, across)}
        data-testid="table-plot"
        data-points={points.x.length}
      />
      <PlotActions box={box} name={t.plotOf(up, across)} />
    </>
  );
}
