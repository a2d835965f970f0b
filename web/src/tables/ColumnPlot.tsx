import { useEffect, useMemo, useRef, useState } from "react";
import type { AlignedData } from "uplot";
import { LinePlot } from "../components/LinePlot";
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
  const drawn = useMemo((): AlignedData => (points ? [points.x, points.y] : [[], []]), [points]);
  if (error) return <ProblemAlert error={error} title={t.couldNotPlotTheColumn} />;
  if (!points) return <Loading />;
  return (
    <>
      <LinePlot
        box={box}
        points={drawn}
        across={across}
        up={up}
        height={height}
        numbersWidth={70}
        dotSize={4}
        aria-label={t.plotOf(up, across)}
        data-testid="table-plot"
        data-points={points.x.length}
      />
      <PlotActions box={box} name={t.plotOf(up, across)} />
    </>
  );
}
