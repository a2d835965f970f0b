import { groundOf, stacked } from "../../saving/save";
import type { Triple } from "../values/plan";
import type { Volume } from "../values/volume";
import { barIn, type Mark, paint, rulerIn, shapeOf } from "./marks";
import {
  axesOfSlice,
  type Camera,
  crossIn,
  type Layout,
  type Pane,
  type PaneName,
  panesOf,
  placeIn,
  type Slice,
  sliceIn,
} from "./panes";
import { type Look, VolumeRenderer } from "./VolumeRenderer";

/** While it moves, the volume is drawn with so many points along a side, and fewer if that takes too long. */
const movingSide = 256;
const leastSide = 96;
const movingMs = 100;
/** It stands when nothing has changed for so long. */
const standsMs = 120;
/** A piece of the whole picture takes about so long, so that the page answers in between. */
const pieceMs = 40;
/** The whole picture takes about so long, with fewer points if it must; a point of it costs so many of one that moves. */
const wholeMs = 800;
const finer = 4;
const leastPoints = 128 * 128;
const degreesPerPoint = 0.5;
const mostPixels = 2;

interface StageEvents {
  onCamera: (camera: Camera) => void;
  /** Slices shall go through this value. */
  onPlace: (place: Triple) => void;
  /** The distance between these values is measured. */
  onRuler: (ends: readonly [Triple, Triple]) => void;
}

/** A canvas with slices and the volume. What changes is drawn at once, coarsely; when it stands, in full, piece by piece. */
export class VolumeStage {
  readonly #canvas = document.createElement("canvas");
  readonly #lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  readonly #stop = new AbortController();
  readonly #sizes: ResizeObserver;
  #renderer: VolumeRenderer;
  #volume: Volume | undefined;
  #look: Look | undefined;
  #layout: Layout = "all";
  #asked = 0;
  #fine = 0;
  #side = movingSide;
  #marks: Mark[] = [];
  #drag: { name: PaneName; x: number; y: number; from?: Triple } | undefined;
  #measures = false;

  constructor(
    readonly box: HTMLElement,
    readonly events: StageEvents,
  ) {
    this.#renderer = new VolumeRenderer(this.#canvas);
    this.#lines.setAttribute("aria-hidden", "true");
    box.append(this.#canvas, this.#lines);
    this.#sizes = new ResizeObserver(() => this.#resize());
    this.#sizes.observe(box);
    const { signal } = this.#stop;
    const on = <K extends keyof HTMLElementEventMap>(name: K, handle: (event: HTMLElementEventMap[K]) => void) =>
      box.addEventListener(name, handle, { signal, passive: false });
    on("pointerdown", (event) => this.#onDown(event));
    on("pointermove", (event) => this.#onMove(event));
    on("pointerup", () => this.#onUp());
    on("pointercancel", () => this.#onUp());
    on("wheel", (event) => this.#onWheel(event));
    on("keydown", (event) => this.#onKey(event));
    this.#canvas.addEventListener("webglcontextlost", (event) => event.preventDefault(), { signal });
    this.#canvas.addEventListener(
      "webglcontextrestored",
      () => {
        this.#renderer = new VolumeRenderer(this.#canvas);
        if (this.#volume) this.load(this.#volume);
      },
      { signal },
    );
    this.#resize();
  }

  /** What draws. */
  get rendererName(): string {
    return this.#renderer.rendererName;
  }

  /** The most values along an axis that can be drawn. */
  get maxSide(): number {
    return this.#renderer.maxSide;
  }

  /** Takes over a volume; it is drawn with the next look. */
  load(volume: Volume): void {
    this.#volume = volume;
    this.#renderer.load(volume);
    this.#ask();
  }

  show(layout: Layout, look: Look): void {
    this.#layout = layout;
    this.#look = look;
    this.#ask();
  }

  /** Whether a drag in a slice measures, instead of moving the other slices. */
  setMeasures(measures: boolean): void {
    this.#measures = measures;
  }

  /** What is seen, with lines and bars. */
  picture(): HTMLCanvasElement {
    const picture = stacked([this.#canvas], groundOf(this.box));
    const context = picture.getContext("2d");
    if (context) for (const mark of this.#marks) paint(context, mark);
    return picture;
  }

  close(): void {
    this.#stop.abort();
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#asked);
    window.clearTimeout(this.#fine);
    this.#renderer.close();
    this.#canvas.remove();
    this.#lines.remove();
  }

  #panes(): Pane[] {
    return panesOf(this.#layout, this.#canvas.width, this.#canvas.height);
  }

  #resize(): void {
    const scale = Math.min(window.devicePixelRatio || 1, mostPixels);
    this.#canvas.width = Math.max(1, Math.round(this.box.clientWidth * scale));
    this.#canvas.height = Math.max(1, Math.round(this.box.clientHeight * scale));
    this.#ask();
  }

  #ask(): void {
    this.#canvas.dataset.drawn = "no";
    window.clearTimeout(this.#fine);
    if (this.#asked === 0) this.#asked = requestAnimationFrame(() => this.#drawMoving());
  }

  #drawMoving(): void {
    this.#asked = 0;
    const [volume, look] = [this.#volume, this.#look];
    if (!volume || !look) return;
    this.#renderer.clear();
    const panes = this.#panes();
    const slices = panes.filter((pane) => pane.name !== "3d");
    for (const pane of slices) this.#renderer.drawSlice(pane, look);
    this.#drawLines(slices, volume, look);
    const pane = panes.find(({ name }) => name === "3d");
    if (!pane) {
      this.#renderer.finish();
      this.#canvas.dataset.drawn = "whole";
      return;
    }
    const size = sizeFor(pane, this.#side);
    const begin = performance.now();
    this.#renderer.cast(pane, look, { ...size, isCoarse: true }, 0, size.height);
    this.#renderer.show(pane, size);
    this.#renderer.finish();
    const took = performance.now() - begin;
    if (took > 2 * movingMs) this.#side = Math.max(leastSide, Math.round(this.#side / 1.5));
    else if (took < movingMs) this.#side = Math.min(movingSide, Math.round(this.#side * 1.2));
    this.#canvas.dataset.points = `${size.width} × ${size.height}`;
    this.#canvas.dataset.drawn = "moving";
    const whole = sizeWithin(pane, (size.width * size.height * wholeMs) / (finer * took));
    this.#fine = window.setTimeout(() => this.#drawWhole(pane, look, whole, 0, Math.ceil(whole.height / 16)), standsMs);
  }

  /** The whole picture, from the row `first` on; the next piece is as large as time allows. */
  #drawWhole(pane: Pane, look: Look, size: Size, first: number, rows: number): void {
    const count = Math.min(rows, size.height - first);
    const begin = performance.now();
    this.#renderer.cast(pane, look, { ...size, isCoarse: false }, first, count);
    this.#renderer.finish();
    const took = Math.max(1, performance.now() - begin);
    const next = first + count;
    if (next < size.height) {
      const more = Math.max(4, Math.min(4 * count, Math.round((count * pieceMs) / took)));
      this.#fine = window.setTimeout(() => this.#drawWhole(pane, look, size, next, more), 0);
      return;
    }
    this.#renderer.show(pane, size);
    this.#renderer.finish();
    this.#canvas.dataset.drawn = "whole";
  }

  /** Where the other slices cut each slice. */
  #drawLines(panes: Pane[], volume: Volume, look: Look): void {
    const [width, height] = [this.#canvas.width, this.#canvas.height];
    this.#lines.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const scale = width / Math.max(1, this.box.clientWidth);
    this.#marks = panes.flatMap((pane) => {
      const slice = this.#slice(pane, volume, look);
      const { x, y } = crossIn(slice, look.at);
      const [right, bottom] = [pane.left + pane.width, pane.top + pane.height];
      const isIn = x >= 0 && x <= pane.width && y >= 0 && y <= pane.height;
      const cross: Mark[] =
        isIn && volume.size[2] > 1
          ? [
              { kind: "cross", x1: pane.left + x, y1: pane.top, x2: pane.left + x, y2: bottom },
              { kind: "cross", x1: pane.left, y1: pane.top + y, x2: right, y2: pane.top + y },
            ]
          : [];
      return [...cross, ...rulerIn(pane, slice, look), ...barIn(pane, slice, look, scale)];
    });
    this.#lines.replaceChildren(...this.#marks.map((mark) => shapeOf(mark, scale)));
  }

  #slice(pane: Pane, volume: Volume, look: Look): Slice {
    return sliceIn(pane, volume.size, look.scale, look.at, look.isBottomUp);
  }

  /** The pane under the pointer, and where in it; in points of the canvas. */
  #under({ clientX, clientY }: MouseEvent): { pane: Pane; x: number; y: number } | undefined {
    const box = this.#canvas.getBoundingClientRect();
    const x = ((clientX - box.left) * this.#canvas.width) / box.width;
    const y = ((clientY - box.top) * this.#canvas.height) / box.height;
    const pane = this.#panes().find(
      ({ left, top, width, height }) => x >= left && y >= top && x < left + width && y < top + height,
    );
    return pane && { pane, x: x - pane.left, y: y - pane.top };
  }

  #onDown(event: PointerEvent): void {
    const under = this.#under(event);
    if (event.button !== 0 || !under) return;
    this.#drag = { name: under.pane.name, x: event.clientX, y: event.clientY };
    this.box.setPointerCapture(event.pointerId);
    this.#onMove(event);
  }

  #onMove(event: PointerEvent): void {
    const [drag, volume, look] = [this.#drag, this.#volume, this.#look];
    if (!drag || !volume || !look) return;
    if (drag.name === "3d") {
      this.#turn((event.clientX - drag.x) * degreesPerPoint, (event.clientY - drag.y) * degreesPerPoint);
      this.#drag = { ...drag, x: event.clientX, y: event.clientY };
      return;
    }
    const under = this.#under(event);
    if (under?.pane.name !== drag.name) return;
    const place = placeIn(this.#slice(under.pane, volume, look), volume.size, under.x, under.y);
    if (!place) return;
    if (!this.#measures) this.events.onPlace(place);
    else if (drag.from) this.events.onRuler([drag.from, place]);
    else this.#drag = { ...drag, from: place };
  }

  #onUp(): void {
    this.#drag = undefined;
  }

  #onWheel(event: WheelEvent): void {
    const [under, look] = [this.#under(event), this.#look];
    if (!under || !look || event.deltaY === 0) return;
    event.preventDefault();
    if (under.pane.name === "3d") this.#zoom(Math.exp(-event.deltaY / 600));
    else this.#leaf(axesOfSlice(under.pane.name)[2], Math.sign(event.deltaY));
  }

  /** Arrows turn, plus and minus go closer, the keys for pages leaf through z. */
  #onKey(event: KeyboardEvent): void {
    const turns: Record<string, [number, number]> = {
      ArrowLeft: [-10, 0],
      ArrowRight: [10, 0],
      ArrowUp: [0, -10],
      ArrowDown: [0, 10],
    };
    const turn = turns[event.key];
    if (turn) this.#turn(...turn);
    else if (event.key === "+" || event.key === "=") this.#zoom(1.25);
    else if (event.key === "-") this.#zoom(0.8);
    else if (event.key === "PageUp") this.#leaf(2, -1);
    else if (event.key === "PageDown") this.#leaf(2, 1);
    else return;
    event.preventDefault();
  }

  #turn(right: number, down: number): void {
    if (!this.#look) return;
    const { yaw, pitch, zoom } = this.#look.camera;
    const around = ((yaw + right + 540) % 360) - 180;
    this.events.onCamera({ yaw: around, pitch: Math.max(-90, Math.min(90, pitch + down)), zoom });
  }

  #zoom(factor: number): void {
    if (!this.#look) return;
    const { zoom, ...rest } = this.#look.camera;
    this.events.onCamera({ ...rest, zoom: Math.max(0.2, Math.min(50, zoom * factor)) });
  }

  #leaf(axis: number, by: number): void {
    const [volume, look] = [this.#volume, this.#look];
    if (!volume || !look) return;
    const place = [...look.at] as [number, number, number];
    place[axis] = Math.max(0, Math.min((volume.size[axis] as number) - 1, (place[axis] as number) + by));
    this.events.onPlace(place);
  }
}

interface Size {
  width: number;
  height: number;
}

function sizeWithin(pane: Pane, points: number): Size {
  const share = Math.max(leastPoints, points) / (pane.width * pane.height);
  return sizeFor(pane, Math.sqrt(share) * Math.max(pane.width, pane.height));
}

function sizeFor({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
