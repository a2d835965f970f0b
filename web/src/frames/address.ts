import type { Values } from "../analysis/parameters";
import type { Together } from "./decode/together";
import type { Span } from "./detector/measure";
import { type Contrast, palettes, scales } from "./draw/colours";
import type { View } from "./draw/view";
import { readTried, writeTried } from "./tried";

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
  /** The run whose spots are drawn. */
  run: string | undefined;
  /** What is measured on the frame. */
  line: Span | undefined;
  region: Span | undefined;
  /** So many frames from this one on as one picture. */
  together: { how: Together; count: number } | undefined;
  /** Whether the newest frame is shown as it comes. */
  follow: boolean;
  /** The parameters with which the spot finder is tried; undefined: it is not. */
  tried: Values | undefined;
}

const names = [
  "frame",
  "channel",
  "at",
  "x",
  "y",
  "zoom",
  "scale",
  "colours",
  "low",
  "high",
  "rings",
  "ice",
  "run",
  "follow",
  "sum",
  "max",
  "line",
  "region",
  "try",
] as const;

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
    run: search.get("run") ?? undefined,
    line: spanOf(search.get("line")),
    region: spanOf(search.get("region")),
    together: togetherOf("sum", number("sum")) ?? togetherOf("max", number("max")),
    follow: search.get("follow") === "on",
    tried: readTried(search.get("try")),
  };
}

/** Four numbers with commas. */
function spanOf(text: string | null): Span | undefined {
  const [x1, y1, x2, y2, ...more] = text?.split(",").map(Number) ?? [];
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined || more.length > 0) return undefined;
  return [x1, y1, x2, y2].every(Number.isFinite) ? { x1, y1, x2, y2 } : undefined;
}

function textOf(span: Span | undefined): string | undefined {
  return span && [span.x1, span.y1, span.x2, span.y2].map((value) => Number(value.toFixed(1))).join(",");
}

/** More frames at once would take too long. */
export const mostTogether = 100;

function togetherOf(how: Together, count: number | undefined): Address["together"] {
  const isFine = count !== undefined && Number.isInteger(count) && count >= 2 && count <= mostTogether;
  return isFine ? { how, count } : undefined;
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
  set("run", address.run);
  set("line", textOf(address.line));
  set("region", textOf(address.region));
  set("sum", address.together?.how === "sum" ? String(address.together.count) : undefined);
  set("max", address.together?.how === "max" ? String(address.together.count) : undefined);
  set("follow", address.follow ? "on" : undefined);
  set("try", writeTried(address.tried));
  return search;
}
