import { type Address, readAddress, writeAddress } from "../frames/address";

/** What is seen of two frames: view, contrast and colours are of both. */
export interface FramesAddress extends Address {
  /** The frame on the right; that on the left is `frame`. */
  other: number;
  /** Whether each side has its own step; else both move together. */
  apart: boolean;
  /** Whether each side has the contrast that suits it; else the right side has that of the left. */
  ownContrast: boolean;
}

/** Reads the query of an address; what is missing or no sense gets its usual value. */
export function readFrames(search: URLSearchParams): FramesAddress {
  const address = readAddress(search);
  const other = readAddress(new URLSearchParams({ frame: search.get("other") ?? "" })).frame;
  return {
    ...address,
    other: search.has("other") ? other : address.frame,
    apart: search.get("apart") === "on",
    ownContrast: search.get("contrast") === "own",
  };
}

/** Writes it into a query, whose other names stay. */
export function writeFrames(state: FramesAddress, before: URLSearchParams): URLSearchParams {
  const search = writeAddress(state, before);
  search.set("other", String(state.other));
  if (state.apart) search.set("apart", "on");
  else search.delete("apart");
  if (state.ownContrast) search.set("contrast", "own");
  else search.delete("contrast");
  return search;
}

/** What changes when one side goes to another frame: the other side takes the same step, unless they move apart. */
export function stepped(state: FramesAddress, side: "left" | "right", frame: number): Partial<FramesAddress> {
  const [mine, its] = side === "left" ? [state.frame, state.other] : [state.other, state.frame];
  const follows = state.apart ? its : Math.max(1, its + frame - mine);
  return side === "left" ? { frame, other: follows } : { frame: follows, other: frame };
}
