import { frames as t } from "../../messages/en";
import { type BlockTable, type Codec, DamagedFrame, readBlocks } from "./codecs";
import type { Answer, Band, Request, Task } from "./messages";
import { Picture, type Rows } from "./picture";
import { levels } from "./pixels";
import type { Together } from "./together";

/** How the pixels of a picture are packed. */
export interface Packing {
  codec: Codec;
  filterMask: number;
  /** Bytes of a pixel. */
  size: number;
  width: number;
  height: number;
  bin: number;
  largest: number;
  trusted: number;
  smallest: number;
}

/** More workers would only wait for the memory. */
const maxWorkers = 4;
const rowUnit = 2 ** levels;

/** Unpacks frames in workers, each of which takes a band of rows. Frames are unpacked one after the other. */
export class Decoder {
  readonly #workers: Lane[];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(count = Math.max(1, Math.min(maxWorkers, navigator.hardwareConcurrency || 1))) {
    this.#workers = Array.from({ length: count }, () => new Lane());
  }

  /**
   * Unpacks one picture.
   * @param chunk Its packed bytes.
   * @param packing How they are packed.
   * @param mask A byte for each pixel, not 0 for one that does not count.
   */
  unpack(chunk: Uint8Array, packing: Packing, mask: Uint8Array | undefined): Promise<Picture> {
    return this.#inTurn(() => this.#unpack(chunk, packing, mask, undefined));
  }

  /** Unpacks several frames of one shape into one picture, one after the other, so that one is held at a time. */
  unpackTogether(
    how: Together,
    count: number,
    read: (place: number) => Promise<{ chunk: Uint8Array; packing: Packing }>,
    mask: Uint8Array | undefined,
  ): Promise<Picture> {
    return this.#inTurn(async () => {
      for (let place = 0; ; place++) {
        const { chunk, packing } = await read(place);
        const together = { how, isFirst: place === 0, isLast: place === count - 1 };
        const picture = await this.#unpack(chunk, packing, mask, together);
        if (together.isLast) return picture;
      }
    });
  }

  close(): void {
    for (const worker of this.#workers) worker.close();
  }

  #inTurn(work: () => Promise<Picture>): Promise<Picture> {
    const picture = this.#turn.then(work);
    this.#turn = picture.catch(() => undefined);
    return picture;
  }

  async #unpack(
    chunk: Uint8Array,
    packing: Packing,
    mask: Uint8Array | undefined,
    together: Task["together"],
  ): Promise<Picture> {
    const { width, height } = packing;
    const tasks = tasksOf(chunk, packing, this.#workers.length);
    const bands = await Promise.all(
      tasks.map(async ({ first, task }, place): Promise<Rows> => {
        const lane = this.#workers[place] as Lane;
        lane.setMask(mask, first * width, (first + task.rows) * width);
        return { first, count: task.rows, ...(await lane.unpack({ ...task, together })) };
      }),
    );
    return new Picture(width, height, packing.bin, bands);
  }
}

/** The bands of a frame, one a worker. Only blocks of bslz4 can be unpacked without those before them. */
export function tasksOf(chunk: Uint8Array, packing: Packing, workers: number): { first: number; task: Task }[] {
  const { codec, filterMask, size, width, height, largest, trusted, smallest } = packing;
  const common = { codec, filterMask, size, width, largest, trusted, smallest, together: undefined };
  if (codec !== "bslz4" || (filterMask & 1) !== 0) {
    const packed = chunk.slice().buffer;
    return [
      { first: 0, task: { ...common, rows: height, held: width * height, skip: 0, packed, blockPixels: undefined } },
    ];
  }
  const table = readBlocks(chunk, size, width * height);
  const units = Math.ceil(height / rowUnit);
  const each = Math.ceil(units / Math.min(workers, units)) * rowUnit;
  const tasks: { first: number; task: Task }[] = [];
  for (let first = 0; first < height; first += each) {
    const rows = Math.min(each, height - first);
    const blocks = blocksOf(chunk, table, size, first * width, (first + rows) * width, width * height);
    tasks.push({ first, task: { ...common, rows, ...blocks, blockPixels: table.pixels } });
  }
  return tasks;
}

/** The blocks that hold the pixels from `begin` to `end` of `all`. */
function blocksOf(chunk: Uint8Array, table: BlockTable, size: number, begin: number, end: number, all: number) {
  const last = table.starts.length - 1;
  const first = Math.min(Math.floor(begin / table.pixels), last);
  const beyond = Math.min(Math.ceil(end / table.pixels), last);
  // Up to seven pixels stand plain behind the last block.
  const plain = beyond === last ? (all % 8) * size : 0;
  const packed = chunk.slice(table.starts[first], (table.starts[beyond] as number) + plain).buffer;
  const held = (beyond === last ? all : beyond * table.pixels) - first * table.pixels;
  return { held, skip: begin - first * table.pixels, packed };
}

/** One worker. */
class Lane {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hutch-frames" });
  readonly #waiting = new Map<number, { resolve: (band: Band) => void; reject: (error: Error) => void }>();
  #ids = 0;
  #mask: { of: Uint8Array | undefined; begin: number; end: number } = { of: undefined, begin: 0, end: 0 };

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("band" in data) waiting?.resolve(data.band);
      else waiting?.reject(data.isDamage ? new DamagedFrame(data.error) : new Error(data.error));
    };
    this.#worker.onerror = (event) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(event.message || t.theWorkerThatUnpacksFramesCould));
      this.#waiting.clear();
    };
  }

  setMask(mask: Uint8Array | undefined, begin: number, end: number): void {
    if (this.#mask.of === mask && (mask === undefined || (this.#mask.begin === begin && this.#mask.end === end)))
      return;
    this.#mask = { of: mask, begin, end };
    this.#post({ kind: "mask", mask: mask?.slice(begin, end) });
  }

  unpack(task: Task): Promise<Band> {
    return new Promise((resolve, reject) => {
      const id = ++this.#ids;
      this.#waiting.set(id, { resolve, reject });
      this.#post({ kind: "unpack", id, task }, [task.packed]);
    });
  }

  close(): void {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error(t.theViewerWasClosed));
    this.#waiting.clear();
  }

  #post(request: Request, moved: Transferable[] = []): void {
    this.#worker.postMessage(request, moved);
  }
}
