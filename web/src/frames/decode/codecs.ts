import { frames as t } from "../../messages/en";
import { fromPlanes } from "./bitshuffle";
import { unpackBlock } from "./lz4";

/** How frames are packed: docs/formats/frames.md. */
export type Codec = "raw" | "bslz4" | "lz4" | "gzip" | "shuffle-gzip" | "byte-offset";

export const codecs: readonly Codec[] = ["raw", "bslz4", "lz4", "gzip", "shuffle-gzip", "byte-offset"];

/** A frame whose bytes are not what its header says. */
export class DamagedFrame extends Error {
  override name = "DamagedFrame";
}

const truncated = () => new DamagedFrame(t.itsBytesEndTooEarly);
const wrongSize = () => new DamagedFrame(t.itsSizeIsNotThatOf);
const corrupt = () => new DamagedFrame(t.oneOfItsCompressedBlocksIs);

const headerBytes = 12;
const lengthBytes = 4;

/** Where the blocks of a bitshuffle-LZ4 frame stand: they can be unpacked apart from each other. */
export interface BlockTable {
  /** Pixels of each block but the last. */
  pixels: number;
  /** Where each block's length field stands, and at the end where the left-over pixels stand. */
  starts: Uint32Array;
}

/** Reads the lengths of the blocks of a frame of `count` pixels. */
export function readBlocks(chunk: Uint8Array, size: number, count: number): BlockTable {
  if (chunk.length < headerBytes) throw truncated();
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (view.getBigUint64(0) !== BigInt(count * size)) throw wrongSize();
  const announced = view.getUint32(8);
  if (announced === 0 || announced % (8 * size) !== 0) throw new DamagedFrame(t.itsBlockSizeIsNotValid);
  // A block larger than the image is never filled: only the shorter last one exists then.
  const pixels = Math.min(announced / size, count - (count % 8) || 8);
  const blocks = Math.ceil((count - (count % 8)) / pixels);
  const starts = new Uint32Array(blocks + 1);
  let at = headerBytes;
  for (let block = 0; block < blocks; block++) {
    starts[block] = at;
    if (chunk.length - at < lengthBytes) throw truncated();
    const length = view.getUint32(at);
    if (length > chunk.length - at - lengthBytes) throw truncated();
    at += lengthBytes + length;
  }
  starts[blocks] = at;
  if (chunk.length - at < (count % 8) * size) throw truncated();
  return { pixels, starts };
}

/**
 * Unpacks blocks that stand one after the other.
 * @param packed The blocks, beginning with the length of the first, and what stands behind the last one.
 * @param size Bytes of a pixel.
 * @param blockPixels Pixels of a full block.
 * @param target Zeros; receives the pixels. Fewer than eight at its end are not packed.
 */
export function unpackBlocks(packed: Uint8Array, size: number, blockPixels: number, target: Uint8Array): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const planes = new Uint8Array(blockPixels * size);
  let at = 0;
  for (let to = 0; to < target.length; ) {
    const left = (target.length - to) / size;
    const count = Math.min(blockPixels, left - (left % 8));
    if (count === 0) {
      if (packed.length - at < target.length - to) throw truncated();
      target.set(packed.subarray(at, at + target.length - to), to);
      return;
    }
    if (packed.length - at < lengthBytes) throw truncated();
    const length = view.getUint32(at);
    at += lengthBytes;
    if (length > packed.length - at) throw truncated();
    const bytes = count * size;
    if (unpackBlock(packed, at, at + length, planes, 0, bytes) !== bytes) throw corrupt();
    fromPlanes(planes, size, count, target, to);
    at += length;
    to += bytes;
  }
}

/** Unpacks a whole frame. What HDF5's filter mask left out when the frame was written is not undone. */
export async function unpack(
  codec: Codec,
  filterMask: number,
  chunk: Uint8Array,
  size: number,
  count: number,
): Promise<Uint8Array> {
  const hasFirst = (filterMask & 1) === 0;
  const hasSecond = (filterMask & 2) === 0;
  const bytes = size * count;
  switch (codec) {
    case "bslz4": {
      if (!hasFirst) return copy(chunk, bytes);
      const { pixels } = readBlocks(chunk, size, count);
      const target = new Uint8Array(bytes);
      unpackBlocks(chunk.subarray(headerBytes), size, pixels, target);
      return target;
    }
    case "lz4":
      return hasFirst ? unpackLz4(chunk, bytes) : copy(chunk, bytes);
    case "gzip":
      return hasFirst ? inflate(chunk, bytes) : copy(chunk, bytes);
    case "shuffle-gzip": {
      const plain = hasSecond ? await inflate(chunk, bytes) : copy(chunk, bytes);
      return hasFirst ? unshuffle(plain, size) : plain;
    }
    case "byte-offset":
      return unpackByteOffset(chunk, size, count);
    case "raw":
      return copy(chunk, bytes);
  }
}

function copy(chunk: Uint8Array, bytes: number): Uint8Array {
  if (chunk.length < bytes) throw truncated();
  if (chunk.length > bytes) throw wrongSize();
  return chunk.slice();
}

/** HDF5's filter 32004. */
function unpackLz4(chunk: Uint8Array, bytes: number): Uint8Array {
  if (chunk.length < headerBytes) throw truncated();
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (view.getBigUint64(0) !== BigInt(bytes)) throw wrongSize();
  const announced = view.getUint32(8);
  if (announced === 0) throw new DamagedFrame(t.itsBlockSizeIsNotValid);
  const target = new Uint8Array(bytes);
  let at = headerBytes;
  for (let to = 0; to < bytes; ) {
    const plain = Math.min(announced, bytes - to);
    if (chunk.length - at < lengthBytes) throw truncated();
    const length = view.getUint32(at);
    at += lengthBytes;
    if (length > chunk.length - at) throw truncated();
    if (length === plain) target.set(chunk.subarray(at, at + length), to);
    else if (unpackBlock(chunk, at, at + length, target, to, to + plain) !== to + plain) throw corrupt();
    at += length;
    to += plain;
  }
  return target;
}

async function inflate(chunk: Uint8Array, bytes: number): Promise<Uint8Array> {
  const target = new Uint8Array(bytes);
  let to = 0;
  const stream = new Blob([chunk as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.length > bytes - to) throw wrongSize();
      target.set(value, to);
      to += value.length;
    }
  } catch (error) {
    throw error instanceof DamagedFrame ? error : corrupt();
  } finally {
    void reader.cancel().catch(() => undefined);
  }
  if (to < bytes) throw wrongSize();
  return target;
}

/** First the first bytes of all pixels, then the second ones, and so on. */
function unshuffle(plain: Uint8Array, size: number): Uint8Array {
  if (size === 1) return plain;
  const count = plain.length / size;
  const target = new Uint8Array(plain.length);
  for (let byte = 0, from = 0; byte < size; byte++)
    for (let to = byte; from < (byte + 1) * count; to += size) target[to] = plain[from++] as number;
  return target;
}

/** CBF's byte offsets: each pixel as its difference from the one before, in 1, 2, 4 or 8 bytes. */
function unpackByteOffset(chunk: Uint8Array, size: number, count: number): Uint8Array {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const target = new Uint8Array(count * size);
  const pixels = new DataView(target.buffer);
  let at = 0;
  let value = 0;
  const need = (bytes: number) => {
    if (chunk.length - at < bytes) throw truncated();
  };
  for (let to = 0; to < target.length; to += size) {
    need(1);
    let difference = view.getInt8(at++);
    if (difference === -0x80) {
      need(2);
      difference = view.getInt16(at, true);
      at += 2;
      if (difference === -0x8000) {
        need(4);
        difference = view.getInt32(at, true);
        at += 4;
        if (difference === -0x80000000) {
          need(8);
          // Sums wrap at the size of a pixel, so that the lower half is enough.
          difference = view.getInt32(at, true);
          at += 8;
        }
      }
    }
    value = (value + difference) | 0;
    if (size === 1) pixels.setInt8(to, value);
    else if (size === 2) pixels.setInt16(to, value, true);
    else pixels.setInt32(to, value, true);
  }
  if (at !== chunk.length) throw wrongSize();
  return target;
}
