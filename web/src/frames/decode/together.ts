import { type Limits, nothingOf, numberOf, type Pixels } from "./pixels";

/** How several frames become one: the sum of each pixel, or its largest count. */
export type Together = "sum" | "max";

/** In a sum: a pixel that no frame has data of, and one that a frame had more than trusted of. */
export const sumOfNothing = 0xffffffff;
export const sumOfSaturated = 0xfffffffe;
/** The second in sums of numbers with a sign. */
const signedSaturated = 0x7fffffff;

type Counting = Omit<Limits, "mask">;

/** What counts of a picture of several frames. A sum has 32 bits, and says by a number of its own what is saturated. */
export function limitsOf(how: Together, { largest, trusted, smallest }: Counting): Counting {
  if (how === "max") return { largest, trusted, smallest };
  return smallest < 0
    ? { largest: signedSaturated, trusted: signedSaturated - 1, smallest: -signedSaturated }
    : { largest: sumOfSaturated, trusted: sumOfSaturated - 1, smallest: 0 };
}

/** Whether the numbers of a picture are sums, in which the largest is no number. */
export function isSum({ trusted }: { trusted: number }): boolean {
  return trusted === sumOfSaturated - 1 || trusted === signedSaturated - 1;
}

/** Nothing yet. */
export function emptyPicture(how: Together, like: Pixels, smallest: number): Pixels {
  const kind = how === "sum" ? Uint32Array : (like.constructor as new (length: number) => Pixels);
  const picture = new kind(like.length);
  return picture.fill(nothingOf(picture.BYTES_PER_ELEMENT, smallest));
}

/** Adds a frame. A pixel without data in one frame has what the others have. */
export function addFrame(
  how: Together,
  picture: Pixels,
  frame: Pixels,
  { largest, trusted, smallest }: Counting,
): void {
  const [size, sizeOfSum] = [frame.BYTES_PER_ELEMENT, picture.BYTES_PER_ELEMENT];
  const nothing = nothingOf(sizeOfSum, smallest);
  const saturated = smallest < 0 ? signedSaturated : sumOfSaturated;
  for (let i = 0; i < frame.length; i++) {
    const count = numberOf(frame[i] as number, size, smallest);
    if (count < smallest || count > largest) continue;
    const isFirst = picture[i] === nothing;
    const before = isFirst ? 0 : numberOf(picture[i] as number, sizeOfSum, smallest);
    if (how === "max") {
      if (isFirst || count > before) picture[i] = count;
    } else if (count > trusted || before === saturated) {
      picture[i] = saturated;
    } else {
      picture[i] = Math.max(-signedSaturated, Math.min(saturated, before + count));
    }
  }
}
