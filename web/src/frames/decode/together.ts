import type { Limits, Pixels } from "./pixels";

/** How several frames become one: the sum of each pixel, or its largest count. */
export type Together = "sum" | "max";

/** In a sum: a pixel that no frame has data of, and one that a frame had more than trusted of. */
export const sumOfNothing = 0xffffffff;
export const sumOfSaturated = 0xfffffffe;

/** What counts of a picture of several frames. A sum has 32 bits, and says by a number of its own what is saturated. */
export function limitsOf(
  how: Together,
  limits: { largest: number; trusted: number },
): { largest: number; trusted: number } {
  return how === "max" ? limits : { largest: sumOfSaturated, trusted: sumOfSaturated - 1 };
}

/** Nothing yet. */
export function emptyPicture(how: Together, like: Pixels): Pixels {
  const kind = how === "sum" ? Uint32Array : (like.constructor as new (length: number) => Pixels);
  return new kind(like.length).fill(-1);
}

/** Adds a frame. A pixel without data in one frame has what the others have. */
export function addFrame(
  how: Together,
  picture: Pixels,
  frame: Pixels,
  { largest, trusted }: Omit<Limits, "mask">,
): void {
  const nothing = how === "sum" ? sumOfNothing : 2 ** (8 * picture.BYTES_PER_ELEMENT) - 1;
  for (let i = 0; i < frame.length; i++) {
    const count = frame[i] as number;
    if (count > largest) continue;
    const before = picture[i] as number;
    if (how === "max") {
      if (before === nothing || count > before) picture[i] = count;
    } else if (count > trusted || before === sumOfSaturated) {
      picture[i] = sumOfSaturated;
    } else {
      picture[i] = Math.min(sumOfSaturated, (before === nothing ? 0 : before) + count);
    }
  }
}
