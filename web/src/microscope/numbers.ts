import type { Schemas } from "../api/client";

export type Movie = Schemas["MicroscopeMovie"];
export type Place = Schemas["MicroscopePlace"];
export type Session = Schemas["MicroscopeInfo"];

/** A number of an exposure that is shown as a column and as a curve. */
export interface Quantity {
  key: keyof Movie & string;
  unit: string;
  digits: number;
}

export const quantities: readonly Quantity[] = [
  { key: "tilt", unit: "°", digits: 1 },
  { key: "dose", unit: "e/Å²", digits: 2 },
  { key: "accumulatedDose", unit: "e/Å²", digits: 1 },
  { key: "targetDefocus", unit: "µm", digits: 2 },
  { key: "defocus", unit: "µm", digits: 2 },
  { key: "pixelSize", unit: "Å", digits: 3 },
  { key: "exposure", unit: "s", digits: 2 },
  { key: "frames", unit: "", digits: 0 },
];

/** The number of an exposure; undefined where no file states it. */
export function numberOf(movie: Movie, key: Quantity["key"]): number | undefined {
  const value = movie[key];
  return typeof value === "number" ? value : undefined;
}

/** Those that at least one exposure has. */
export function present(movies: readonly Movie[]): Quantity[] {
  return quantities.filter(({ key }) => movies.some((movie) => numberOf(movie, key) !== undefined));
}

/** A place as a point of a map, in the units of its frame. */
export interface Point {
  place: Place;
  x: number;
  y: number;
}

/** Points and the frame in which they are drawn. */
export interface Chart {
  points: Point[];
  /** The picture behind them, if they are in its pixels. */
  picture: string | undefined;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Places in the pixels of a picture; undefined if one of them, or the size of the picture, is not known. */
export function onPicture(
  places: readonly Place[],
  picture: { picture?: string | null; width?: number | null; height?: number | null } | undefined,
): Chart | undefined {
  if (!picture?.width || !picture.height || places.length === 0) return undefined;
  const points = places.flatMap((place) =>
    place.x == null || place.y == null ? [] : [{ place, x: place.x, y: place.y }],
  );
  return points.length < places.length
    ? undefined
    : { points, picture: picture.picture ?? undefined, left: 0, top: 0, width: picture.width, height: picture.height };
}

/** Places on the stage, in µm: y upwards. Those without a position are left out. */
export function onStage(places: readonly Place[]): Chart | undefined {
  const points = places.flatMap((place) =>
    place.stageX == null || place.stageY == null ? [] : [{ place, x: place.stageX, y: -place.stageY }],
  );
  if (points.length === 0) return undefined;
  const [left, right] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))];
  const side = Math.max(right - left, bottom - top, 1) * 1.15;
  return {
    points,
    picture: undefined,
    left: (left + right - side) / 2,
    top: (top + bottom - side) / 2,
    width: side,
    height: side,
  };
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The points of a curve, of exposures with the newest first. */
export function pointsOf(movies: readonly Movie[], { key }: Quantity, isSeries: boolean): [number, number | null][] {
  const inOrder = [...movies]
    .reverse()
    .map((movie, place): [number | undefined, number | null] => [
      isSeries ? (movie.tilt ?? undefined) : place + 1,
      numberOf(movie, key) ?? null,
    ]);
  return inOrder
    .filter((point): point is [number, number | null] => point[0] !== undefined)
    .sort(([one], [other]) => one - other);
}
