import iceRings from "./iceRings.json";

/** A flat detector perpendicular to the beam. */
export interface Geometry {
  /** Å. */
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

/** The geometry, if every value of it is known and possible. */
export function geometryOf(values: { [K in keyof Geometry]: number | undefined }): Geometry | undefined {
  const { wavelength, distance, pixelX, pixelY, x, y } = values;
  if (x === undefined || y === undefined) return undefined;
  if (!isPositive(wavelength) || !isPositive(distance) || !isPositive(pixelX) || !isPositive(pixelY)) return undefined;
  return { wavelength, distance, pixelX, pixelY, x, y };
}

const isPositive = (value: number | undefined): value is number => value !== undefined && value > 0;

/** What a place means: with r its distance from the beam centre, 2θ = atan(r/distance) and 1/d = 2 sin(θ)/λ. */
export function scatteringAt(geometry: Geometry, x: number, y: number): Scattering {
  const radius = Math.hypot((x - geometry.x) * geometry.pixelX, (y - geometry.y) * geometry.pixelY);
  const angle = Math.atan(radius / geometry.distance);
  const inverse = (2 * Math.sin(angle / 2)) / geometry.wavelength;
  return { d: 1 / inverse, twoTheta: (angle * 180) / Math.PI, q: 2 * Math.PI * inverse };
}

/** How far from the beam centre a resolution stands on the detector, in m; undefined if it never meets it. */
export function radiusOf({ wavelength, distance }: Geometry, d: number): number | undefined {
  const sine = wavelength / (2 * d);
  const angle = 2 * Math.asin(sine);
  return sine < 1 && angle < Math.PI / 2 ? distance * Math.tan(angle) : undefined;
}

/** A circle on the detector; with pixels that are not square, an ellipse in pixels. */
export interface Ring {
  d: number;
  /** Half axes in pixels. */
  radiusX: number;
  radiusY: number;
}

function ringAt(geometry: Geometry, d: number): Ring | undefined {
  const radius = radiusOf(geometry, d);
  return radius === undefined ? undefined : { d, radiusX: radius / geometry.pixelX, radiusY: radius / geometry.pixelY };
}

const shownResolutions = [
  100, 50, 30, 20, 15, 10, 8, 7, 6, 5, 4.5, 4, 3.5, 3, 2.8, 2.5, 2.2, 2, 1.8, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1, 0.9, 0.8,
  0.7, 0.6, 0.5,
];

/** The distance from the beam centre to the corner that is furthest, pixels. */
function reach({ x, y }: Geometry, columns: number, rows: number): number {
  return Math.hypot(Math.max(x, columns - x), Math.max(y, rows - y));
}

/** Rings of round resolutions, so many that the picture can still be seen. */
export function resolutionRings(geometry: Geometry, columns: number, rows: number): Ring[] {
  const furthest = reach(geometry, columns, rows);
  const rings: Ring[] = [];
  let last = 0;
  for (const d of shownResolutions) {
    const ring = ringAt(geometry, d);
    if (!ring || ring.radiusX > furthest) break;
    if (ring.radiusX - last < furthest / 8) continue;
    rings.push(ring);
    last = ring.radiusX;
  }
  return rings;
}

/** The powder rings of hexagonal ice that meet the detector. */
export function iceRingsOn(geometry: Geometry, columns: number, rows: number): Ring[] {
  const furthest = reach(geometry, columns, rows);
  return iceRings.inverseSquares
    .map((inverseSquare) => ringAt(geometry, 1 / Math.sqrt(inverseSquare)))
    .filter((ring): ring is Ring => ring !== undefined && ring.radiusX <= furthest);
}
