/** A grid over which a sample was scanned, an image in each cell, row after row: `hutch.grid` of the header. */
export interface Grid {
  rows: number;
  columns: number;
  /** Whether every other row was scanned backwards, beginning with the second. */
  isSnaked: boolean;
}

/** Rows and columns count from 1, as frames do. */
export interface Cell {
  row: number;
  column: number;
}

/** The grid that a header names; undefined for another kind of scan. */
export function gridOf(header: unknown): Grid | undefined {
  const grid = (header as { hutch?: { grid?: Record<string, unknown> } } | null)?.hutch?.grid;
  const { rows, columns, snaked } = grid ?? {};
  return isCount(rows) && isCount(columns) ? { rows, columns, isSnaked: snaked === true } : undefined;
}

/** The cell of a frame; undefined for a frame that the grid has no cell for. */
export function cellOf(grid: Grid, frame: number): Cell | undefined {
  const row = Math.floor((frame - 1) / grid.columns);
  const place = (frame - 1) % grid.columns;
  if (frame < 1 || row >= grid.rows) return undefined;
  return { row: row + 1, column: isBackwards(grid, row + 1) ? grid.columns - place : place + 1 };
}

/** The frame of a cell. */
export function frameOf(grid: Grid, { row, column }: Cell): number {
  return (row - 1) * grid.columns + (isBackwards(grid, row) ? grid.columns - column + 1 : column);
}

function isBackwards(grid: Grid, row: number): boolean {
  return grid.isSnaked && row % 2 === 0;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}
