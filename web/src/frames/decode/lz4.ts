/** Shorter copies are quicker byte by byte than by a call. */
const worthACall = 24;

/**
 * Unpacks one LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md) from `source[at, end)` to `target[to, limit)`.
 * Returns where the output ends, or -1 if the block is damaged. It reads and writes nothing outside of the two ranges.
 */
export function unpackBlock(
  source: Uint8Array,
  at: number,
  end: number,
  target: Uint8Array,
  to: number,
  limit: number,
): number {
  const first = to;
  while (at < end) {
    const token = source[at++] as number;
    let length = token >> 4;
    if (length === 15) {
      let more = 255;
      while (more === 255) {
        if (at >= end) return -1;
        more = source[at++] as number;
        length += more;
      }
    }
    if (length > end - at || length > limit - to) return -1;
    if (length > worthACall) {
      target.set(source.subarray(at, at + length), to);
      at += length;
      to += length;
    } else {
      for (const stop = at + length; at < stop; ) target[to++] = source[at++] as number;
    }
    // The last sequence has no match.
    if (at === end) return to;
    if (end - at < 2) return -1;
    const offset = (source[at] as number) | ((source[at + 1] as number) << 8);
    at += 2;
    if (offset === 0 || offset > to - first) return -1;
    length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255) {
        if (at >= end) return -1;
        more = source[at++] as number;
        length += more;
      }
    }
    length += 4;
    if (length > limit - to) return -1;
    let from = to - offset;
    if (length <= worthACall) {
      for (const stop = to + length; to < stop; ) target[to++] = target[from++] as number;
    } else if (offset === 1) {
      target.fill(target[from] as number, to, to + length);
      to += length;
    } else {
      // A match may overlap its own output: each copy doubles the bytes that can be copied.
      for (const stop = to + length; to < stop; ) {
        const part = Math.min(to - from, stop - to);
        target.copyWithin(to, from, from + part);
        to += part;
      }
    }
  }
  return -1;
}
