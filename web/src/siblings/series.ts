import { compareNames } from "../text/names";
import type { Entry } from "./entries";

/** A path with a number in its name: the last one, as in `tilt_0007_small.png`. */
interface Numbered {
  before: string;
  digits: string;
  after: string;
}

// Longer numbers are identifiers, and no places in a series.
const number = /^(.*?)(\d{1,15})(\D*)$/s;

function numbered(path: string): Numbered | undefined {
  const name = path.lastIndexOf("/") + 1;
  // What follows the last dot says what a file is: the 4 of mp4 is no place in a series.
  const dot = path.lastIndexOf(".");
  const end = dot > name ? dot : path.length;
  const [, before = "", digits = "", after = ""] = number.exec(path.slice(name, end)) ?? [];
  return digits === "" ? undefined : { before: path.slice(0, name) + before, digits, after: after + path.slice(end) };
}

/** The path whose number is by so much larger, written with as many digits; undefined if there can be none. */
export function pathBy(path: string, step: number): string | undefined {
  const parts = numbered(path);
  if (!parts) return undefined;
  const next = Number(parts.digits) + step;
  return next < 0 ? undefined : parts.before + String(next).padStart(parts.digits.length, "0") + parts.after;
}

/** The files whose paths differ from this one's in the number only, by their number; empty if it is alone. */
export function seriesOf(files: readonly Entry[], path: string): Entry[] {
  const own = numbered(path);
  if (!own) return [];
  const found = files.filter((file) => {
    const parts = numbered(file.path);
    return file.kind === "file" && parts?.before === own.before && parts.after === own.after;
  });
  return found.length < 2 ? [] : found.sort((a, b) => compareNames(a.path, b.path));
}

/** The ending of a path with a number; undefined for one without. */
function kindOf(path: string): string | undefined {
  return numbered(path) && (/\.[^./]*$/.exec(path)?.[0] ?? "");
}

/**
 * The paths before and after a path, as people order names, and its place, counted from 1; undefined if it is not among them. Of numbered
 * files those of the same ending: a movie follows a movie, whatever lies between them.
 */
export function neighboursIn(files: readonly Entry[], path: string) {
  const kind = kindOf(path);
  const alike = kind === undefined ? [] : files.filter((file) => kindOf(file.path) === kind);
  const paths = (alike.length > 1 ? alike : files).map((file) => file.path).sort(compareNames);
  const index = paths.indexOf(path);
  return index < 0
    ? undefined
    : { previous: paths[index - 1], next: paths[index + 1], place: index + 1, count: paths.length };
}
