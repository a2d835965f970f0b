import type { Band } from "./messages";
import { joined, type Pixels, type Statistics } from "./pixels";

/** Some rows of a picture. */
export interface Rows extends Band {
  first: number;
  count: number;
}

/** An unpacked picture: a frame, or a binned one, or one made of several. */
export class Picture {
  readonly statistics: Statistics;

  constructor(
    /** Columns, and below rows, of what is here. */
    readonly width: number,
    readonly height: number,
    /** How many pixels of the frame, along each axis, one of these stands for. */
    readonly bin: number,
    readonly bands: readonly Rows[],
  ) {
    this.statistics = bands.map((band) => band.statistics).reduce(joined);
  }

  /** The value at a place, read as unsigned; undefined outside. */
  at(x: number, y: number): number | undefined {
    if (x < 0 || x >= this.width) return undefined;
    const band = this.bands.find(({ first, count }) => y >= first && y < first + count);
    return band?.pixels[(y - band.first) * this.width + x];
  }

  /** The bytes of a pixel. */
  get size(): number {
    return (this.bands[0] as { pixels: Pixels }).pixels.BYTES_PER_ELEMENT;
  }
}
