import { Group, NativeSelect } from "@mantine/core";
import { useMemo, useRef, useState } from "react";
import type { AlignedData } from "uplot";
import { LinePlot } from "../components/LinePlot";
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
  const points = useMemo((): AlignedData => {
    const pairs = pointsOf(movies, quantity, isSeries);
    return [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
  }, [movies, quantity, isSeries]);
  return (
    <LinePlot
      box={box}
      points={points}
      across={isSeries ? t.columns.tilt : t.exposure}
      axis={isSeries ? `${t.columns.tilt} (°)` : undefined}
      up={titleOf(quantity)}
      height={height}
      numbersWidth={60}
      dotSize={5}
      aria-label={t.curveOf(titleOf(quantity))}
      data-testid="movie-curve"
    />
  );
}
