import { DamagedFrame, unpack, unpackBlocks } from "./codecs";
import type { Answer, Band, Request, Task } from "./messages";
import { type Limits, measure, type Pixels, pixelsOf, reduce } from "./pixels";
import { addFrame, emptyPicture, limitsOf } from "./together";

declare const self: DedicatedWorkerGlobalScope;

let mask: Uint8Array | undefined;
/** What several frames became so far. */
let gathered: Pixels | undefined;

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  if (data.kind === "mask") {
    mask = data.mask;
    return;
  }
  try {
    const band = await unpackTask(data.task);
    const parts = [band.pixels, ...band.levels, band.statistics.histogram];
    self.postMessage({ id: data.id, band } satisfies Answer, [...new Set(parts.map((part) => part.buffer))]);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    self.postMessage({ id: data.id, error: words, isDamage: error instanceof DamagedFrame } satisfies Answer);
  }
};

async function unpackTask(task: Task): Promise<Band> {
  const { size, width, rows, skip } = task;
  const count = width * rows;
  const packed = new Uint8Array(task.packed);
  let bytes: Uint8Array;
  if (task.blockPixels === undefined) {
    bytes = await unpack(task.codec, task.filterMask, packed, size, count);
  } else {
    bytes = new Uint8Array(task.held * size);
    unpackBlocks(packed, size, task.blockPixels, bytes);
  }
  let pixels = pixelsOf(bytes.buffer as ArrayBuffer, size, bytes.byteOffset + skip * size, count);
  let limits: Limits = { largest: task.largest, trusted: task.trusted, smallest: task.smallest, mask };
  if (task.together) {
    const { how, isFirst, isLast } = task.together;
    if (isFirst || !gathered) gathered = emptyPicture(how, pixels, limits.smallest);
    addFrame(how, gathered, pixels, limits);
    if (!isLast) return { pixels: new Uint8Array(), levels: [], statistics: measure(new Uint8Array(), limits) };
    pixels = gathered;
    limits = { ...limitsOf(how, limits), mask };
    gathered = undefined;
  }
  return { pixels, levels: reduce(pixels, width, limits), statistics: measure(pixels, limits) };
}
