import { frames as t } from "../../messages/en";
import { type Codec, codecs } from "../decode/codecs";
import { beamOn, type Geometry, geometryOf, turnedGeometry } from "./geometry";

/** What the entry `header` says of the frames: docs/formats/frames.md. */
export interface Header {
  /** Pixels of a row: the fast direction. */
  columns: number;
  /** The slow direction. */
  rows: number;
  /** Bytes of a pixel. */
  size: number;
  isSigned: boolean;
  codec: Codec;
  /** Images of the series, if that is known. */
  images: number | undefined;
  channels: string[];
  geometry: Geometry | undefined;
  beamCentre: { x: number; y: number } | undefined;
  /** The largest value of a pixel with data, read as unsigned. */
  largest: number;
  /** The largest trusted value. */
  trusted: number;
  /** The smallest value of a pixel with data; negative where numbers with a sign count, as those of integrating detectors do. */
  smallest: number;
  maskEntry: string | undefined;
  /** What people read of the series. */
  facts: { name: string; value: string }[];
}

/** More than any header that the portal reads. */
export const maxHeaderBytes = 64 * 1024 * 1024;
const maxPixels = 2 ** 28;
const types = /^(u?)int(8|16|32)$/;

type Json = Record<string, unknown>;

/** Reads a header; throws an Error with words for people if it is none. */
export function readHeader(text: string): Header {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(t.theHeaderIsNotJson);
  }
  if (!isObject(json)) throw new Error(t.theHeaderIsNotAJson);
  const frames = isObject(json.hutch) ? json.hutch : {};
  const columns = whole(json.x_pixels_in_detector);
  const rows = whole(json.y_pixels_in_detector);
  if (columns === undefined || rows === undefined || columns < 1 || rows < 1)
    throw new Error(t.theHeaderLacksXPixelsIn);
  if (columns * rows > maxPixels) throw new Error(t.theHeaderGivesXPixelsWhich(rows, columns));
  const depth = whole(json.bit_depth_image);
  const type = typeof frames.type === "string" ? types.exec(frames.type) : types.exec(`uint${depth}`);
  if (!type) throw new Error(t.theHeaderHasAnUnknownPixel);
  const codec = typeof frames.codec === "string" ? codecs.find((name) => name === frames.codec) : "bslz4";
  if (!codec) throw new Error(t.theHeaderHasAnUnknownCodec(frames.codec));
  const bits = Number(type[2]);
  const isSigned = type[1] === "";
  const largest = isSigned ? 2 ** (bits - 1) - 1 : 2 ** bits - 2;
  const saturation = real(json.saturation_value) ?? real(json.countrate_correction_count_cutoff);
  // A master that does not say it allows all negative numbers; in other files they mark pixels without data.
  const least = real(json.underload_value) ?? (isObject(json.nexus) ? Number.NEGATIVE_INFINITY : 0);
  const arrays = isObject(frames.arrays) ? frames.arrays : {};
  const mask = isObject(arrays.pixel_mask) ? arrays.pixel_mask.entry : undefined;
  const x = real(json.beam_center_x);
  const y = real(json.beam_center_y);
  const turned = turnedGeometry(real(json.wavelength), frames.detector);
  return {
    columns,
    rows,
    size: bits / 8,
    isSigned,
    codec,
    images: whole(frames.images) ?? whole(json.nimages),
    channels:
      Array.isArray(frames.channels) && frames.channels.length > 0
        ? frames.channels.map((name) => (typeof name === "string" ? name : ""))
        : [""],
    geometry:
      turned ??
      geometryOf({
        wavelength: real(json.wavelength),
        distance: real(json.detector_distance),
        pixelX: real(json.x_pixel_size),
        pixelY: real(json.y_pixel_size),
        x,
        y,
      }),
    beamCentre: turned ? beamOn(turned) : x === undefined || y === undefined ? undefined : { x, y },
    largest,
    trusted: saturation !== undefined && saturation >= 0 && saturation < largest ? Math.floor(saturation) : largest,
    smallest: Math.min(largest, Math.max(Math.ceil(least), isSigned ? -largest : 0)),
    maskEntry: typeof mask === "string" ? mask : undefined,
    facts: factsOf(json),
  };
}

function factsOf(json: Json): Header["facts"] {
  const facts: Header["facts"] = [];
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== "") facts.push({ name, value });
  };
  const number = (value: unknown, scale: number, digits: number, unit: string) => {
    const known = real(value);
    return known === undefined ? undefined : `${Number((known * scale).toPrecision(digits))} ${unit}`;
  };
  add(t.detector, typeof json.description === "string" ? json.description : undefined);
  add(t.wavelength, number(json.wavelength, 1, 6, "Å"));
  add(t.distance, number(json.detector_distance, 1000, 5, "mm"));
  add(t.exposure, number(json.count_time, 1000, 4, "ms"));
  add(t.rotation, number(json.omega_increment, 1, 4, t.degreesPerFrame));
  return facts;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function real(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function whole(value: unknown): number | undefined {
  return Number.isInteger(value) ? (value as number) : undefined;
}
