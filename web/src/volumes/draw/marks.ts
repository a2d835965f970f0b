import { formatLength, roundLength } from "../values/lengths";
import type { Triple } from "../values/plan";
import { axesOfSlice, crossIn, type Pane, type Slice } from "./panes";
import type { Look } from "./VolumeRenderer";

/** A line over the panes, in points of the canvas; a bar has its length below it. */
export interface Mark {
  kind: "cross" | "ruler" | "bar";
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  text?: string;
}

const colours = { cross: "#4dabf7", ruler: "#ffd43b", bar: "#ffffff" };
const widths = { cross: 1, ruler: 2, bar: 3 };
const outline = "rgb(0 0 0 / 70%)";
const letters = 13;
/** A bar is at most so long a part of its pane. */
const longestBar = 0.3;
const margin = 12;

/** The bar of a slice, at the lower left of its pane; nothing where the file does not say how large voxels are. */
export function barIn(pane: Pane, slice: Slice, look: Pick<Look, "length" | "scale">, scale: number): Mark[] {
  const { length } = look;
  const [axis] = axesOfSlice(pane.name as "xy");
  // What a point of the canvas stands for.
  const perPoint = (slice.right[axis] as number) * (look.scale[axis] as number) * (length?.of ?? 0);
  if (!length || !(perPoint > 0) || !Number.isFinite(perPoint)) return [];
  const long = roundLength(pane.width * longestBar * perPoint);
  const x1 = pane.left + margin * scale;
  const y = pane.top + pane.height - (margin + letters + 4) * scale;
  return [{ kind: "bar", x1, y1: y, x2: x1 + long / perPoint, y2: y, text: formatLength(long, length.unit) }];
}

/** What is measured, where both of its ends lie in the slice. */
export function rulerIn(pane: Pane, slice: Slice, look: Pick<Look, "ruler" | "at">): Mark[] {
  const [, , across] = axesOfSlice(pane.name as "xy");
  if (!look.ruler?.every((end) => end[across] === look.at[across])) return [];
  const [from, to] = look.ruler.map((end: Triple) => crossIn(slice, end));
  return from && to
    ? [{ kind: "ruler", x1: pane.left + from.x, y1: pane.top + from.y, x2: pane.left + to.x, y2: pane.top + to.y }]
    : [];
}

/** A mark as a shape of the page. */
export function shapeOf(mark: Mark, scale: number): SVGElement {
  const group = make("g", { "data-mark": mark.kind });
  const ends = { x1: mark.x1, y1: mark.y1, x2: mark.x2, y2: mark.y2 };
  const width = widths[mark.kind] * scale;
  if (mark.kind !== "cross")
    group.append(make("line", { ...ends, stroke: outline, "stroke-width": width + 2 * scale }));
  group.append(
    make("line", {
      ...ends,
      stroke: colours[mark.kind],
      "stroke-width": width,
      opacity: mark.kind === "cross" ? 0.7 : 1,
    }),
  );
  if (mark.text !== undefined) {
    const at = { x: mark.x1, y: mark.y1 + (letters + 3) * scale, "font-size": letters * scale };
    const style = { fill: colours.bar, stroke: outline, "stroke-width": 3 * scale, "paint-order": "stroke" };
    const text = make("text", { ...at, ...style });
    text.textContent = mark.text;
    group.append(text);
  }
  return group;
}

/** A mark in a picture. */
export function paint(context: CanvasRenderingContext2D, { kind, x1, y1, x2, y2, text }: Mark): void {
  const scale = window.devicePixelRatio || 1;
  context.globalAlpha = kind === "cross" ? 0.7 : 1;
  for (const [colour, more] of [
    [outline, 2],
    [colours[kind], 0],
  ] as const) {
    if (kind === "cross" && more > 0) continue;
    context.strokeStyle = colour;
    context.lineWidth = (widths[kind] + more) * scale;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }
  context.globalAlpha = 1;
  if (text === undefined) return;
  context.font = `${letters * scale}px system-ui, sans-serif`;
  context.lineWidth = 3 * scale;
  context.strokeStyle = outline;
  context.strokeText(text, x1, y1 + (letters + 3) * scale);
  context.fillStyle = colours.bar;
  context.fillText(text, x1, y1 + (letters + 3) * scale);
}

function make(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes))
    made.setAttribute(key, typeof value === "number" ? String(Number(value.toFixed(1))) : value);
  return made;
}
