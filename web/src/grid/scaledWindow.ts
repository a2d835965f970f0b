/**
 * Which rows of a very long list are visible, and where. Browsers draw no element taller than some ten million pixels; above a limit the
 * scroll bar is scaled, while wheel and keys still move by pixels.
 */
export class ScaledWindow {
  static readonly maxHeight = 8_000_000;

  #offset = 0;
  #lastTop = 0;
  #rows = 0;

  constructor(
    readonly rowHeight: number,
    readonly maxHeight = ScaledWindow.maxHeight,
  ) {}

  /** Height of all rows. */
  get fullHeight(): number {
    return this.#rows * this.rowHeight;
  }

  /** Height of the scrolled element. */
  get height(): number {
    return Math.min(this.fullHeight, this.maxHeight);
  }

  /** Whether the scroll bar is shorter than the list. */
  get isScaled(): boolean {
    return this.height < this.fullHeight;
  }

  /** Sets the number of rows. The visible rows stay in place. */
  setRows(rows: number): void {
    this.#rows = rows;
    this.#offset = Math.min(this.#offset, this.fullHeight - this.height);
  }

  /** The scroll bar moved: returns where the view begins in the full height. */
  scrolled(top: number, view: number): number {
    const moved = top - this.#lastTop;
    this.#lastTop = top;
    if (!this.isScaled) {
      this.#offset = 0;
    } else if (Math.abs(moved) >= view || top <= 0 || top >= this.height - view) {
      // A jump: the position of the bar is the position in the list.
      const share = Math.min(1, Math.max(0, top / Math.max(1, this.height - view)));
      this.#offset = Math.round(share * (this.fullHeight - this.height));
    }
    return top + this.#offset;
  }

  /** Moves to a position of the full height: returns the position of the scroll bar. */
  moveTo(full: number, view: number): number {
    const place = Math.min(Math.max(0, full), Math.max(0, this.fullHeight - view));
    const share = place / Math.max(1, this.fullHeight - view);
    const top = Math.round(share * Math.max(0, this.height - view));
    this.#lastTop = top;
    this.#offset = place - top;
    return top;
  }

  /** Where a row is drawn. */
  topOf(row: number): number {
    return row * this.rowHeight - this.#offset;
  }
}
