/**
 * Turns bit planes into pixels: plane `8 * byte + bit` holds that bit of every pixel, bit j of its k-th byte that of pixel 8k + j.
 * Planes without a set bit cost one look: most of a detector's pixels count little.
 * @param planes The planes of one block, one after the other.
 * @param size Bytes of a pixel: 1, 2 or 4.
 * @param count Pixels of the block, a multiple of eight.
 * @param target Receives the pixels' bytes, from `to`; they are zeros before.
 */
export function fromPlanes(planes: Uint8Array, size: number, count: number, target: Uint8Array, to: number): void {
  const groups = count >> 3;
  for (let byte = 0; byte < size; byte++) {
    const base = byte * 8 * groups;
    const used = usedPlanes(planes, base, groups);
    if (used > 0) transpose(planes, base, groups, used, target, to + byte, size);
  }
}

/** How many of eight planes have a set bit or stand before one that has. */
function usedPlanes(planes: Uint8Array, base: number, groups: number): number {
  for (let plane = 7; plane >= 0; plane--) {
    const begin = base + plane * groups;
    for (let k = begin; k < begin + groups; k++) if (planes[k] !== 0) return plane + 1;
  }
  return 0;
}

/** Eight 8 × 8 bit matrices after the other (Hacker's Delight, 7-3), from planes to pixels. */
function transpose(
  planes: Uint8Array,
  base: number,
  groups: number,
  used: number,
  target: Uint8Array,
  at: number,
  size: number,
): void {
  const hasHigh = used > 4;
  for (let k = base; k < base + groups; k++) {
    let low =
      (planes[k] as number) |
      ((planes[k + groups] as number) << 8) |
      ((planes[k + 2 * groups] as number) << 16) |
      ((planes[k + 3 * groups] as number) << 24);
    let high = hasHigh
      ? (planes[k + 4 * groups] as number) |
        ((planes[k + 5 * groups] as number) << 8) |
        ((planes[k + 6 * groups] as number) << 16) |
        ((planes[k + 7 * groups] as number) << 24)
      : 0;
    if ((low | high) === 0) {
      at += 8 * size;
      continue;
    }
    let swap = (low ^ (low >>> 7)) & 0x00aa00aa;
    low ^= swap ^ (swap << 7);
    swap = (high ^ (high >>> 7)) & 0x00aa00aa;
    high ^= swap ^ (swap << 7);
    swap = (low ^ (low >>> 14)) & 0x0000cccc;
    low ^= swap ^ (swap << 14);
    swap = (high ^ (high >>> 14)) & 0x0000cccc;
    high ^= swap ^ (swap << 14);
    const first = (low & 0x0f0f0f0f) | ((high << 4) & 0xf0f0f0f0);
    const last = ((low >>> 4) & 0x0f0f0f0f) | (high & 0xf0f0f0f0);
    target[at] = first;
    target[at + size] = first >>> 8;
    target[at + 2 * size] = first >>> 16;
    target[at + 3 * size] = first >>> 24;
    target[at + 4 * size] = last;
    target[at + 5 * size] = last >>> 8;
    target[at + 6 * size] = last >>> 16;
    target[at + 7 * size] = last >>> 24;
    at += 8 * size;
  }
}
