import { cellOf, type Grid } from "../frames/detector/grid";
import { analysis as t } from "../messages/en";
import { type Measure, measured, type ResultRow } from "./rows";

/** A grid with more cells, or longer sides, is not drawn: its cells would be smaller than a point. */
const maxCells = 1_000_000;
const maxSide = 2_000;

/** Whether a grid can be drawn. */
export function canDraw(grid: Grid): boolean {
  return Math.max(grid.rows, grid.columns) <= maxSide && grid.rows * grid.columns <= maxCells;
}

/** The results of a grid scan, cell by cell. */
export class Heat {
  readonly #rows: (ResultRow | undefined)[];
  /** The lowest and highest value; undefined while there is none. */
  readonly range: { low: number; high: number } | undefined;
  /** Cells without a result. */
  readonly missing: number;

  constructor(
    readonly grid: Grid,
    rows: ResultRow[],
    readonly measure: Measure,
  ) {
    this.#rows = new Array(grid.rows * grid.columns);
    let [low, high, there] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const row of rows) {
      const cell = cellOf(grid, row["file-number"]);
      if (!cell) continue;
      this.#rows[(cell.row - 1) * grid.columns + cell.column - 1] = row;
      there++;
      const value = measured(row, measure);
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    this.range = low <= high ? { low, high } : undefined;
    this.missing = this.#rows.length - there;
  }

  /** The result of a cell; undefined while it is missing. Row and column from 1. */
  at(row: number, column: number): ResultRow | undefined {
    return this.#rows[(row - 1) * this.grid.columns + column - 1];
  }

  /** How far a value is between the lowest and the highest, 0 to 1. */
  share(value: number): number {
    if (!this.range) return 0;
    const { low, high } = this.range;
    return high > low ? (value - low) / (high - low) : 1;
  }

  /** What a cell says, in words. */
  describe(row: number, column: number): string {
    const found = this.at(row, column);
    const value = found && measured(found, this.measure);
    const said =
      found === undefined
        ? t.noResultYetForACell
        : found.error
          ? t.failedBecause(found.error)
          : value === null || value === undefined
            ? t.unknownMeasure(this.measure.label)
            : `${this.measure.label} ${value.toFixed(this.measure.digits)}`;
    return t.rowColumn(row, column, said);
  }
}
