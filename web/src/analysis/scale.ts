/**
 * Colours from the lowest to the highest value: cividis (Nuñez, Anderton and Renslow, 2018), whose lightness rises evenly and whose hues are
 * blue and yellow only, so that people who do not tell red from green read it as everybody does.
 */
const stops = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
] as const;

/** Red, green and blue of a share of the scale, 0 to 1. */
export function colourAt(share: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const part = place - low;
  const mixed = (channel: 0 | 1 | 2) =>
    Math.round((stops[low] ?? stops[0])[channel] * (1 - part) + (stops[low + 1] ?? stops[0])[channel] * part);
  return [mixed(0), mixed(1), mixed(2)];
}

/** The scale as a style sheet writes it, from left to right. */
export const gradient = `linear-gradient(to right, ${stops.map((stop) => `rgb(${stop.join(" ")})`).join(", ")})`;
