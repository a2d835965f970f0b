import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import type { Schemas } from "../api/client";
import { admin as t } from "../messages/en";
import { formatBytes } from "../text/format";

const height = 240;

/** Bytes stored by day, for one owner or in total. */
export default function StorageChart({ days, owner }: { days: Schemas["OwnerDay"][]; owner: string | null }) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const data = useMemo(() => {
    const sums = new Map<string, number>();
    for (const each of days)
      if (owner === null || each.owner === owner) sums.set(each.day, (sums.get(each.day) ?? 0) + each.bytes);
    const sorted = [...sums].sort(([a], [b]) => a.localeCompare(b));
    return [sorted.map(([day]) => Date.parse(day) / 1000), sorted.map(([, bytes]) => bytes)] as uPlot.AlignedData;
  }, [days, owner]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const isDark = scheme === "dark";
    const stroke = isDark ? "#c9c9c9" : "#343a40";
    const grid = { stroke: isDark ? "#3b3b3b" : "#e9ecef", width: 1 };
    const colour = isDark ? "#4da6b5" : "#066a7c";
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
        axes: [
          { stroke, grid, ticks: grid },
          { stroke, grid, ticks: grid, size: 76, values: (_, values) => values.map((value) => formatBytes(value)) },
        ],
        series: [
          {},
          {
            label: owner ?? t.allOwners,
            stroke: colour,
            fill: `${colour}22`,
            width: 1.5,
            value: (_, value) => formatBytes(value),
          },
        ],
      },
      data,
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [data, owner, scheme]);
  return <div ref={box} role="img" aria-label={t.bytesStoredByDay(owner ?? t.allOwners2)} />;
}
