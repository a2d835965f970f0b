import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { type RefObject, useEffect } from "react";
import uPlot from "uplot";

interface LinePlotProps {
  /** Receives the element of the plot. */
  box: RefObject<HTMLDivElement>;
  points: uPlot.AlignedData;
  across: string;
  /** The label of the axis, if it is more than the name of the numbers. */
  axis?: string;
  up: string;
  height: number;
  /** The width of the numbers beside the plot, in pixels. */
  numbersWidth: number;
  dotSize: number;
  "aria-label": string;
  "data-testid": string;
  "data-points"?: number;
}

/** A line through numbers, in the colours of the theme, as wide as there is room. */
export function LinePlot({ box, points, across, axis, up, height, numbersWidth, dotSize, ...names }: LinePlotProps) {
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const isDark = scheme === "dark";
    const stroke = isDark ? "#c9c9c9" : "#343a40";
    const grid = { stroke: isDark ? "#3b3b3b" : "#e9ecef", width: 1 };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        scales: { x: { time: false } },
        axes: [
          { stroke, grid, ticks: grid, label: axis ?? across, labelSize: 22 },
          { stroke, grid, ticks: grid, size: numbersWidth },
        ],
        series: [
          { label: across },
          { label: up, stroke: isDark ? "#66d9e8" : "#0b7285", width: 1.5, points: { size: dotSize } },
        ],
      },
      points,
      element,
    );
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [box, points, scheme, across, axis, up, height, numbersWidth, dotSize]);
  return <div ref={box} role="img" {...names} />;
}
