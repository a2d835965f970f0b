import { Group, Text, useComputedColorScheme } from "@mantine/core";
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { type Cell, frameOf, type Grid } from "../frames/detector/grid";
import { analysis as t } from "../messages/en";
import { SavePicture } from "../saving/SavePicture";
import classes from "./HeatMap.module.css";
import { Heat } from "./heat";
import { type Measure, measured, type ResultRow } from "./rows";
import { colourAt, gradient } from "./scale";

/** The side of a cell in CSS pixels, at most. */
const largestCell = 36;
/** A tall grid stays within so many CSS pixels, unless its cells would become smaller than that. */
const tallest = 640;
const smallestTall = 4;
/** From so many pixels on, cells have lines between them. */
const roomForLines = 6;
/** A cell whose result has no value is plain and has a cross: its ground and its cross, in the light and in the dark. */
const plain = {
  light: { ground: [255, 255, 255], cross: "#495057" },
  dark: { ground: [36, 36, 36], cross: "#c9c9c9" },
};

interface HeatMapProps {
  grid: Grid;
  rows: ResultRow[];
  measure: Measure;
  /** A cell was chosen. */
  onFrame?: ((frame: number) => void) | undefined;
}

/** The results of a grid scan as rows and columns, in colours. */
export function HeatMap({ grid, rows, measure, onFrame }: HeatMapProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [cell, setCell] = useState<Cell>({ row: 1, column: 1 });
  const scheme = useComputedColorScheme("light");
  const heat = useMemo(() => new Heat(grid, rows, measure), [grid, rows, measure]);
  const side = Math.min(largestCell, width / grid.columns, Math.max(smallestTall, tallest / grid.rows));

  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (canvas.current && side > 0) draw(canvas.current, heat, side, plain[scheme]);
  }, [heat, side, scheme]);

  const at = (event: MouseEvent): Cell | undefined => {
    const { left = 0, top = 0 } = canvas.current?.getBoundingClientRect() ?? {};
    const row = Math.floor((event.clientY - top) / side) + 1;
    const column = Math.floor((event.clientX - left) / side) + 1;
    return row >= 1 && row <= grid.rows && column >= 1 && column <= grid.columns ? { row, column } : undefined;
  };
  // Without a result there is no frame yet, or none that anybody could say more about.
  const open = (place: Cell) => heat.at(place.row, place.column) && onFrame?.(frameOf(grid, place));
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moved(event.key, cell, grid);
    if (event.key === "Enter" || event.key === " ") open(cell);
    else if (next) setCell(next);
    else return;
    event.preventDefault();
  };

  return (
    <div className={classes.map}>
      <div
        ref={box}
        className={classes.field}
        role="application"
        tabIndex={0}
        aria-label={t.heatMapOfRowsOfCells(measure.label, grid.rows, grid.columns, heat.missing)}
        aria-describedby="heat-keys"
        onKeyDown={onKey}
        onMouseMove={(event) => setCell((before) => at(event) ?? before)}
        onClick={(event) => {
          const place = at(event);
          if (place) open(place);
        }}
        data-testid="heat-map"
        data-missing={heat.missing}
      >
        <div className={classes.cells} style={{ width: side * grid.columns, height: side * grid.rows }}>
          <canvas ref={canvas} />
          <div
            className={classes.chosen}
            style={{ left: (cell.column - 1) * side, top: (cell.row - 1) * side, width: side, height: side }}
          />
        </div>
      </div>
      <Text size="sm" role="status" data-testid="heat-cell">
        {heat.describe(cell.row, cell.column)}
      </Text>
      <Group justify="space-between" align="flex-start">
        <Legend heat={heat} />
        <SavePicture draw={() => canvas.current ?? undefined} name={measure.label} />
      </Group>
      <Text id="heat-keys" size="xs" c="dimmed">
        {onFrame ? t.clickOnACellToLook : t.keysArrowsMoveHomeAndEnd}
      </Text>
    </div>
  );
}

/** What the colours mean. */
function Legend({ heat }: { heat: Heat }) {
  const { range, measure } = heat;
  return (
    <Group gap="md" data-testid="heat-legend">
      {range && (
        <Group gap={6} wrap="nowrap">
          <Text size="xs">{range.low.toFixed(measure.digits)}</Text>
          <span className={classes.scale} style={{ background: gradient }} aria-hidden />
          <Text size="xs">
            {range.high.toFixed(measure.digits)} {measure.label}
          </Text>
        </Group>
      )}
      <Text size="xs" component="div">
        <span className={`${classes.swatch} ${classes.missing}`} aria-hidden />
        {t.noResultYet}
      </Text>
      <Text size="xs" component="div">
        <span className={`${classes.swatch} ${classes.plain}`} aria-hidden>
          ×
        </span>{" "}
        {t.withoutAValue}
      </Text>
    </Group>
  );
}

/** The cell that a key goes to; undefined for another key. */
function moved(key: string, { row, column }: Cell, grid: Grid): Cell | undefined {
  const to = (down: number, right: number): Cell => ({
    row: Math.min(grid.rows, Math.max(1, row + down)),
    column: Math.min(grid.columns, Math.max(1, column + right)),
  });
  const keys: Record<string, () => Cell> = {
    ArrowUp: () => to(-1, 0),
    ArrowDown: () => to(1, 0),
    ArrowLeft: () => to(0, -1),
    ArrowRight: () => to(0, 1),
    Home: () => ({ row, column: 1 }),
    End: () => ({ row, column: grid.columns }),
  };
  return keys[key]?.();
}

/** A point for each cell, made larger; what is missing stays clear, so that the ground is seen. */
function draw(canvas: HTMLCanvasElement, heat: Heat, side: number, empty: (typeof plain)["light"]): void {
  const { rows, columns } = heat.grid;
  const points = new ImageData(columns, rows);
  const crosses: Cell[] = [];
  for (let row = 1, at = 0; row <= rows; row++)
    for (let column = 1; column <= columns; column++, at += 4) {
      const found = heat.at(row, column);
      if (!found) continue;
      const value = measured(found, heat.measure);
      if (value === null) crosses.push({ row, column });
      points.data.set([...(value === null ? empty.ground : colourAt(heat.share(value))), 255], at);
    }
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d")?.putImageData(points, 0, 0);
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(columns * side * scale);
  canvas.height = Math.round(rows * side * scale);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  if (side < roomForLines) return;
  // Lines are cut out: the ground shows through in either scheme.
  for (let column = 1; column < columns; column++)
    context.clearRect(Math.round(column * side * scale), 0, 1, canvas.height);
  for (let row = 1; row < rows; row++) context.clearRect(0, Math.round(row * side * scale), canvas.width, 1);
  drawCrosses(context, crosses, side * scale, empty.cross);
}

function drawCrosses(context: CanvasRenderingContext2D, cells: Cell[], side: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, side / 18);
  context.beginPath();
  for (const { row, column } of cells) {
    const [x, y, arm] = [(column - 0.5) * side, (row - 0.5) * side, side / 6];
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
  }
  context.stroke();
}
