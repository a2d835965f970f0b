import "uplot/dist/uPlot.min.css";
import { Group, NativeSelect, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { microscope as t } from "../messages/en";
import { type Movie, pointsOf, present, type Quantity } from "./numbers";

const height = 240;

/** A number of the exposures one after the other, the newest on the right; those of a tilt series by their angle. */
export default function MovieCurve({ movies, isSeries }: { movies: readonly Movie[]; isSeries: boolean }) {
  const choices = present(movies).filter(({ key }) => !isSeries || key !== "tilt");
  const [key, setKey] = useState("");
  const quantity = choices.find((one) => one.key === key) ?? choices.find((one) => one.key === "dose") ?? choices[0];
  if (!quantity || movies.length < 2) return null;
  return (
    <div>
      <Group gap="xs" mb={4}>
        <NativeSelect
          size="xs"
          aria-label={t.curve}
          value={quantity.key}
          onChange={(event) => setKey(event.currentTarget.value)}
          data={choices.map((one) => ({ value: one.key, label: titleOf(one) }))}
        />
      </Group>
      <Plot movies={movies} quantity={quantity} isSeries={isSeries} />
    </div>
  );
}

function titleOf({ key, unit }: Quantity): string {
  const title = t.columns[key as keyof typeof t.columns] ?? key;
  return unit ? `${title} (${unit})` : title;
}

function Plot({ movies, quantity, isSeries }: { movies: readonly Movie[]; quantity: Quantity; isSeries: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const isDark = scheme === "dark";
    const stroke = isDark ? "#c9c9c9" : "#343a40";
    const grid = { stroke: isDark ? "#3b3b3b" : "#e9ecef", width: 1 };
    const points = pointsOf(movies, quantity, isSeries);
    const across = isSeries ? t.columns.tilt : t.exposure;
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        scales: { x: { time: false } },
        axes: [
          { stroke, grid, ticks: grid, label: isSeries ? `${across} (°)` : across, labelSize: 22 },
          { stroke, grid, ticks: grid, size: 60 },
        ],
        series: [
          { label: across },
          { label: titleOf(quantity), stroke: isDark ? "#66d9e8" : "#0b7285", width: 1.5, points: { size: 5 } },
        ],
      },
      [points.map(([x]) => x), points.map(([, y]) => y)],
      element,
    );
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [movies, quantity, isSeries, scheme]);
  return <div ref={box} role="img" aria-label={t.curveOf(titleOf(quantity))} data-testid="movie-curve" />;
}
