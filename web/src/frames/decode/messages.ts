import type { Codec } from "./codecs";
import type { Pixels, Statistics } from "./pixels";
import type { Together } from "./together";

/** What a worker unpacks: some rows of a frame, or all. */
export interface Task {
  codec: Codec;
  filterMask: number;
  /** Bytes of a pixel. */
  size: number;
  width: number;
  /** Rows to give back. */
  rows: number;
  /** Pixels that the packed bytes hold, and how many of them stand before the first row. */
  held: number;
  skip: number;
  packed: ArrayBuffer;
  /** Pixels of a block when `packed` holds blocks of bslz4 without the frame's head; undefined for a whole frame. */
  blockPixels: number | undefined;
  largest: number;
  trusted: number;
  smallest: number;
  /** One of several frames that become one picture; the band comes with the last of them. */
  together: { how: Together; isFirst: boolean; isLast: boolean } | undefined;
}

export type Request =
  | { kind: "unpack"; id: number; task: Task }
  /** The mask of the rows that this worker unpacks: the last one given counts. */
  | { kind: "mask"; mask: Uint8Array | undefined };

/** Rows of a frame, unpacked. */
export interface Band {
  pixels: Pixels;
  /** At half the size, a quarter, …: see `reduce`. */
  levels: Pixels[];
  statistics: Statistics;
}

export type Answer = { id: number; band: Band } | { id: number; error: string; isDamage: boolean };
