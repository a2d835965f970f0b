import { type Contrast, palettes, scales } from "./draw/colours";
import type { View } from "./draw/view";

/** What the address of a frame says: everything that another person needs to see the same. */
export interface Address {
  frame: number;
  channel: string;
  at: string | undefined;
  /** Undefined: the whole frame. */
  view: View | undefined;
  scale: Contrast["scale"];
  colours: Contrast["colours"];
  /** The same for all frames; undefined: chosen for each. */
  range: { low: number; high: number } | undefined;
  rings: boolean;
  ice: boolean;
}

const names = ["frame", "channel", "at", "x", "y", "zoom", "scale", "colours", "low", "high", "rings", "ice"] as const;

/** Reads the query of an address; what is missing or no sense gets its usual value. */
export function readAddress(search: URLSearchParams): Address {
  const number = (name: (typeof names)[number]) => {
    const text = search.get(name);
    const value = Number(text);
    return text === null || text.trim() === "" || !Number.isFinite(value) ? undefined : value;
  };
  const frame = number("frame");
  const [x, y, zoom, low, high] = [number("x"), number("y"), number("zoom"), number("low"), number("high")];
  return {
    frame: frame !== undefined && Number.isInteger(frame) && frame > 0 && frame < 1e9 ? frame : 1,
    channel: search.get("channel") ?? "",
    at: search.get("at") ?? undefined,
    view: x !== undefined && y !== undefined && zoom !== undefined && zoom > 0 ? { x, y, zoom } : undefined,
    scale: scales.find((name) => name === search.get("scale")) ?? "linear",
    colours: palettes.find((name) => name === search.get("colours")) ?? "inverted",
    range: low !== undefined && high !== undefined && low < high ? { low, high } : undefined,
    rings: search.get("rings") === "on",
    ice: search.get("ice") === "on",
  };
}

/** Writes it into a query, whose other names stay. Usual values are left out. */
export function writeAddress(address: Address, before: URLSearchParams): URLSearchParams {
  const search = new URLSearchParams(before);
  const set = (name: (typeof names)[number], value: string | undefined) => {
    if (value === undefined || value === "") search.delete(name);
    else search.set(name, value);
  };
  const rounded = (value: number | undefined, digits: number) =>
    value === undefined ? undefined : String(Number(value.toFixed(digits)));
  set("frame", String(address.frame));
  set("channel", address.channel);
  set("at", address.at);
  set("x", rounded(address.view?.x, 2));
  set("y", rounded(address.view?.y, 2));
  set("zoom", rounded(address.view?.zoom, 4));
  set("scale", address.scale === "linear" ? undefined : address.scale);
  set("colours", address.colours === "inverted" ? undefined : address.colours);
  set("low", rounded(address.range?.low, 3));
  set("high", rounded(address.range?.high, 3));
  set("rings", address.rings ? "on" : undefined);
  set("ice", address.ice ? "on" : undefined);
  return search;
}
