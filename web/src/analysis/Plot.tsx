import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { analysis as t } from "../messages/en";
import { PlotActions } from "../saving/PlotActions";
import { type Measure, type ResultRow, toColumns } from "./rows";

const height = 320;
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000];

/** A press that moves less is a click, CSS pixels. */
const clickReach = 4;

interface PlotProps {
  rows: ResultRow[];
  shown: Measure[];
  /** A point was clicked. */
  onFrame?: ((frame: number) => void) | undefined;
}

/** Measures by frame. Drag to zoom in, double-click to reset. */
export default function Plot({ rows, shown, onFrame }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const scheme = useComputedColorScheme("light");
  const latest = useRef(rows);
  latest.current = rows;
  const clicked = useRef(onFrame);
  clicked.current = onFrame;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const isDark = scheme === "dark";
    const text = isDark ? "#c9c9c9" : "#343a40";
    const grid = { stroke: isDark ? "#3b3b3b" : "#e9ecef", width: 1 };
    // The first two units have an axis; a third has a scale of its own and is read in the legend.
    const [left, right] = new Set(shown.map((measure) => measure.axis));
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        scales: {
          x: { time: false },
          ...Object.fromEntries(shown.filter(({ isDown }) => isDown).map(({ axis }) => [axis, { dir: -1 as const }])),
        },
        axes: [
          { stroke: text, grid, ticks: grid, label: t.frame2, labelSize: 22, incrs: wholeSteps },
          ...(left ? [{ stroke: text, grid, ticks: grid, scale: left, size: 60 }] : []),
          ...(right
            ? [{ stroke: text, grid: { show: false }, ticks: grid, scale: right, side: 1 as const, size: 64 }]
            : []),
        ],
        series: [
          { label: t.frame2 },
          ...shown.map((measure) => ({
            label: measure.label,
            scale: measure.axis,
            stroke: measure.colour[isDark ? 1 : 0],
            width: 1.5,
            points: { size: 4 },
            value: (_: uPlot, value: number | null) => (value === null ? "–" : value.toFixed(measure.digits)),
          })),
        ],
      },
      toColumns(latest.current, shown) as uPlot.AlignedData,
      element,
    );
    plot.current = made;
    let pressed = 0;
    made.over.addEventListener("mousedown", (event) => {
      pressed = event.clientX;
    });
    made.over.addEventListener("click", (event) => {
      const row = latest.current[made.cursor.idx ?? -1];
      if (row && Math.abs(event.clientX - pressed) < clickReach) clicked.current?.(row["file-number"]);
    });
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [scheme, shown]);

  useEffect(() => {
    plot.current?.setData(toColumns(rows, shown) as uPlot.AlignedData);
  }, [rows, shown]);

  const labels = shown.map((measure) => measure.label).join(", ");
  return (
    <>
      <div ref={box} role="img" aria-label={t.plotOfByFrameFrames(labels, rows.length)} data-testid="plot" />
      <PlotActions box={box} name={labels} />
    </>
  );
}
