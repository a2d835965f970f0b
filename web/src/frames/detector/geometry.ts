import iceRings from "./iceRings.json";

/** A place or direction, metres: the sample is at 0, the beam goes along the third number. */
export type Vector = readonly [number, number, number];

/** A flat detector. */
export interface Geometry {
  /** Å. */
  wavelength: number;
  /** The corner of the first pixel. */
  origin: Vector;
  /** From a pixel to the next one of its row. */
  fast: Vector;
  /** From a row to the next. */
  slow: Vector;
}

/** What says all of a detector that is square to the beam. */
export interface Square {
  wavelength: number;
  /** From the sample to the detector, m. */
  distance: number;
  /** Width and height of a pixel, m. */
  pixelX: number;
  pixelY: number;
  /** Where the beam meets the detector, pixels: the upper left corner is 0, 0. */
  x: number;
  y: number;
}

/** What a place on the detector means. */
export interface Scattering {
  /** Resolution in Å; infinite where the beam goes through. */
  d: number;
  /** Degrees. */
  twoTheta: number;
  /** 2π/d, 1/Å. */
  q: number;
}

/** The geometry of a detector that is square to the beam, if every value of it is known and possible. */
export function geometryOf(values: { [K in keyof Square]: number | undefined }): Geometry | undefined {
  const { wavelength, distance, pixelX, pixelY, x, y } = values;
  if (x === undefined || y === undefined) return undefined;
  if (!isPositive(wavelength) || !isPositive(distance) || !isPositive(pixelX) || !isPositive(pixelY)) return undefined;
  return { wavelength, origin: [-x * pixelX, -y * pixelY, distance], fast: [pixelX, 0, 0], slow: [0, pixelY, 0] };
}

/** The geometry of a detector that is turned: `hutch.detector` of a header. */
export function turnedGeometry(wavelength: number | undefined, detector: unknown): Geometry | undefined {
  if (!isPositive(wavelength) || typeof detector !== "object" || detector === null) return undefined;
  const { origin, fast, slow } = detector as Record<string, unknown>;
  if (!isVector(origin) || !isVector(fast) || !isVector(slow)) return undefined;
  return dot(cross(fast, slow), origin) === 0 ? undefined : { wavelength, origin, fast, slow };
}

const isPositive = (value: number | undefined): value is number => value !== undefined && value > 0;

const isVector = (value: unknown): value is Vector =>
  Array.isArray(value) && value.length === 3 && value.every((number) => Number.isFinite(number));

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** Where a pixel is. */
function placeOf({ origin, fast, slow }: Geometry, x: number, y: number): Vector {
  const along = (axis: 0 | 1 | 2) => origin[axis] + x * fast[axis] + y * slow[axis];
  return [along(0), along(1), along(2)];
}

/** Which pixel a ray from the sample meets; undefined if it goes past the detector. */
function pixelOn({ origin, fast, slow }: Geometry, ray: Vector): { x: number; y: number } | undefined {
  const normal = cross(fast, slow);
  const way = dot(origin, normal) / dot(ray, normal);
  if (!(way > 0) || !Number.isFinite(way)) return undefined;
  const onPlane: Vector = [way * ray[0] - origin[0], way * ray[1] - origin[1], way * ray[2] - origin[2]];
  const size = dot(normal, normal);
  const x = dot(cross(onPlane, slow), normal) / size;
  const y = dot(cross(fast, onPlane), normal) / size;
  return Math.hypot(x, y) < furthestPixel ? { x, y } : undefined;
}

/** Where the beam meets the detector; undefined if it goes past it. */
export function beamOn(geometry: Geometry): { x: number; y: number } | undefined {
  return pixelOn(geometry, [0, 0, 1]);
}

/** What a place means: 2θ is the angle between the beam and the way from the sample to there, and 1/d = 2 sin(θ)/λ. */
export function scatteringAt(geometry: Geometry, x: number, y: number): Scattering {
  const [right, down, along] = placeOf(geometry, x, y);
  const angle = Math.atan2(Math.hypot(right, down), along);
  const inverse = (2 * Math.sin(angle / 2)) / geometry.wavelength;
  return { d: 1 / inverse, twoTheta: (angle * 180) / Math.PI, q: 2 * Math.PI * inverse };
}

/** Places of equal resolution: a circle, an ellipse, or less of one on a detector that is turned. */
export interface Ring {
  d: number;
  /** Pixels, all round the beam; undefined where the ring does not meet the detector's plane. */
  places: ({ x: number; y: number } | undefined)[];
}

/** So many places of a ring that its corners cannot be seen. */
export const placesOfRing = 720;
const furthestPixel = 1e6;

/** 2θ of a resolution, degrees; undefined if there is none. */
function angleOf({ wavelength }: Geometry, d: number): number | undefined {
  const sine = wavelength / (2 * d);
  return sine < 1 ? (2 * Math.asin(sine) * 180) / Math.PI : undefined;
}

function ringAt(geometry: Geometry, d: number): Ring | undefined {
  const angle = angleOf(geometry, d);
  if (angle === undefined) return undefined;
  const twoTheta = (angle * Math.PI) / 180;
  const across = Math.sin(twoTheta);
  const along = Math.cos(twoTheta);
  const places = Array.from({ length: placesOfRing }, (_, place) => {
    const turn = (2 * Math.PI * place) / placesOfRing;
    return pixelOn(geometry, [across * Math.cos(turn), across * Math.sin(turn), along]);
  });
  return places.some((place) => place) ? { d, places } : undefined;
}

const shownResolutions = [
  100, 50, 30, 20, 15, 10, 8, 7, 6, 5, 4.5, 4, 3.5, 3, 2.8, 2.5, 2.2, 2, 1.8, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1, 0.9, 0.8,
  0.7, 0.6, 0.5,
];

/** The widest angle 2θ that the corners see, degrees. */
function reach(geometry: Geometry, columns: number, rows: number): number {
  const corners = [0, columns].flatMap((x) => [0, rows].map((y) => scatteringAt(geometry, x, y).twoTheta));
  return Math.max(...corners);
}

/** How far out an angle is on a detector square to the beam, in its distance. */
const radiusOf = (twoTheta: number) => Math.tan((Math.min(twoTheta, 85) * Math.PI) / 180);

/** Rings of round resolutions, so many that the picture can still be seen. */
export function resolutionRings(geometry: Geometry, columns: number, rows: number): Ring[] {
  const furthest = reach(geometry, columns, rows);
  const rings: Ring[] = [];
  let last = 0;
  for (const d of shownResolutions) {
    const angle = angleOf(geometry, d);
    if (angle === undefined || angle > furthest) break;
    const ring = radiusOf(angle) - last < radiusOf(furthest) / 8 ? undefined : ringAt(geometry, d);
    if (!ring) continue;
    rings.push(ring);
    last = radiusOf(angle);
  }
  return rings;
}

/** The powder rings of hexagonal ice that meet the detector. */
export function iceRingsOn(geometry: Geometry, columns: number, rows: number): Ring[] {
  const furthest = reach(geometry, columns, rows);
  return iceRings.inverseSquares
    .map((inverseSquare) => 1 / Math.sqrt(inverseSquare))
    .filter((d) => (angleOf(geometry, d) ?? 180) <= furthest)
    .map((d) => ringAt(geometry, d))
    .filter((ring): ring is Ring => ring !== undefined);
}
