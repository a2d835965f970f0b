import { placesOfRing, type Ring } from "../detector/geometry";
import { type Size, toFrame, toWindow, type View } from "./view";

/** The ends of a line, or opposite corners. */
export interface Ends {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** What is drawn over a frame. */
export interface Marks {
  beamCentre: { x: number; y: number } | undefined;
  rings: Ring[];
  iceRings: Ring[];
  spots: { x: number; y: number }[];
  /** Pixels that stand out, next to each other in a row; ordered by rows. */
  strong: { x: number; y: number; length: number }[];
  line: Ends | undefined;
  region: Ends | undefined;
  /** What is printed in a pixel of the frame, and whether on a dark ground; undefined for nothing. */
  print: (x: number, y: number) => { text: string; isDark: boolean } | undefined;
}

const ringColour = "#1668b8";
const iceColour = "#b3430b";
const centreColour = "#d6186c";
const measureColour = "#7a2fb5";
const spotColour = "#0a7d33";
export const strongColour = "#f08c00";
/** The side of a strong pixel, CSS pixels, at least. */
const leastStrong = 1.5;
/** From so many points a pixel on, there is room for a number. */
const roomForNumbers = 30;

/** Draws beam centre, rings and numbers. `scale` is points of the canvas for each CSS pixel. */
export function drawMarks(canvas: HTMLCanvasElement, window: Size, scale: number, view: View, marks: Marks): void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, window.width, window.height);
  if (view.zoom >= roomForNumbers) drawNumbers(context, window, view, marks);
  drawMeasured(context, window, view, marks);
  drawStrong(context, window, view, marks.strong);
  drawSpots(context, window, view, marks.spots);
  drawRings(context, window, view, marks.iceRings, iceColour, [2, 3], () => "ice");
  drawRings(context, window, view, marks.rings, ringColour, [], ({ d }) => `${d} Å`);
  if (marks.beamCentre) drawCross(context, toWindow(view, window, marks.beamCentre.x, marks.beamCentre.y));
}

function drawMeasured(context: CanvasRenderingContext2D, window: Size, view: View, { line, region }: Marks): void {
  context.lineWidth = 1.5;
  context.strokeStyle = measureColour;
  if (line) {
    const from = toWindow(view, window, line.x1, line.y1);
    const to = toWindow(view, window, line.x2, line.y2);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }
  if (region) {
    const from = toWindow(view, window, region.x1, region.y1);
    const to = toWindow(view, window, region.x2, region.y2);
    context.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y);
  }
}

/** Strong pixels in their colour; far out each is seen, and near they have a frame, so that their counts can be read. */
function drawStrong(context: CanvasRenderingContext2D, window: Size, view: View, runs: Marks["strong"]): void {
  const near = view.zoom >= roomForNumbers;
  context.fillStyle = strongColour;
  context.strokeStyle = strongColour;
  context.lineWidth = 2;
  for (const { x, y, length } of runs) {
    const from = toWindow(view, window, x, y);
    if (from.y > window.height) break;
    const width = Math.max(leastStrong, length * view.zoom);
    const height = Math.max(leastStrong, view.zoom);
    if (from.y + height < 0 || from.x + width < 0 || from.x > window.width) continue;
    if (near) context.strokeRect(from.x + 1, from.y + 1, width - 2, height - 2);
    else context.fillRect(from.x, from.y, width, height);
  }
}

/** A square around each spot, which leaves the spot itself to be seen. */
function drawSpots(context: CanvasRenderingContext2D, window: Size, view: View, spots: Marks["spots"]): void {
  const half = Math.max(4, 4 * view.zoom);
  context.strokeStyle = spotColour;
  context.lineWidth = 1.25;
  for (const spot of spots) {
    const { x, y } = toWindow(view, window, spot.x, spot.y);
    if (x < -half || y < -half || x > window.width + half || y > window.height + half) continue;
    context.strokeRect(x - half, y - half, 2 * half, 2 * half);
  }
}

function drawRings(
  context: CanvasRenderingContext2D,
  window: Size,
  view: View,
  rings: Ring[],
  colour: string,
  dashes: number[],
  label: (ring: Ring) => string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.setLineDash(dashes);
  for (const ring of rings) {
    context.beginPath();
    let isDown = false;
    for (let place = 0; place <= placesOfRing; place++) {
      const at = ring.places[place % placesOfRing];
      const point = at && toWindow(view, window, at.x, at.y);
      if (point && isDown) context.lineTo(point.x, point.y);
      else if (point) context.moveTo(point.x, point.y);
      isDown = point !== undefined;
    }
    context.stroke();
  }
  context.setLineDash([]);
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  let last: { x: number; y: number } | undefined;
  for (const ring of rings) {
    // At the first of these angles whose place is in the window; the labels of close rings would cover each other.
    const place = [-45, 45, 135, -135, 0, 90, 180, -90]
      .map((degrees) => ring.places[(((degrees + 360) % 360) * placesOfRing) / 360])
      .map((at) => at && toWindow(view, window, at.x, at.y))
      .find((at) => at && at.x > 24 && at.y > 12 && at.x < window.width - 24 && at.y < window.height - 12);
    if (!place || (last && Math.hypot(place.x - last.x, place.y - last.y) < 34)) continue;
    last = place;
    const text = label(ring);
    const width = context.measureText(text).width + 8;
    context.fillStyle = "rgb(255 255 255 / 88%)";
    context.fillRect(place.x - width / 2, place.y - 9, width, 18);
    context.fillStyle = colour;
    context.fillText(text, place.x, place.y + 0.5);
  }
}

function drawCross(context: CanvasRenderingContext2D, { x, y }: { x: number; y: number }): void {
  const arm = 9;
  context.beginPath();
  for (const [dx, dy] of [
    [arm, 0],
    [0, arm],
  ] as const) {
    context.moveTo(x - dx, y - dy);
    context.lineTo(x + dx, y + dy);
  }
  context.lineWidth = 3.5;
  context.strokeStyle = "rgb(255 255 255 / 80%)";
  context.stroke();
  context.lineWidth = 1.5;
  context.strokeStyle = centreColour;
  context.stroke();
}

function drawNumbers(context: CanvasRenderingContext2D, window: Size, view: View, marks: Marks): void {
  const from = toFrame(view, window, 0, 0);
  const to = toFrame(view, window, window.width, window.height);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let y = Math.floor(from.y); y < to.y; y++)
    for (let x = Math.floor(from.x); x < to.x; x++) {
      const printed = marks.print(x, y);
      if (!printed) continue;
      const middle = toWindow(view, window, x + 0.5, y + 0.5);
      const size = Math.min(15, (view.zoom * 1.5) / Math.max(3, printed.text.length));
      context.font = `${size}px system-ui, sans-serif`;
      context.fillStyle = printed.isDark ? "#fff" : "#000";
      context.fillText(printed.text, middle.x, middle.y);
    }
}
