import { groundOf, stacked } from "../../saving/save";
import type { Picture } from "../decode/picture";
import type { Contrast } from "./colours";
import { drawMarks, type Ends, type Marks } from "./overlay";
import { Renderer } from "./renderer";
import { moved, type Size, toFrame, type View, whole, zoomed } from "./view";

const wheelZoom = 1.0015;
/** A press that moves less is a click, CSS pixels. */
const clickReach = 4;

/** What a stage tells. */
export interface StageEvents {
  /** Another part is seen; undefined for the whole frame. */
  onView: (view: View | undefined) => void;
  /** The pointer is over a place of the frame; undefined when it left. */
  onPoint: (point: { x: number; y: number } | undefined) => void;
  /** The pointer drew from one place of the frame to another. */
  onDraw: (ends: Ends) => void;
  /** The graphics memory was lost, and is back. */
  onLost: () => void;
  onRestored: () => void;
}

/** Two canvases, one with the picture and one with what is drawn over it, and the hand that moves them. */
export class Stage {
  readonly #stop = new AbortController();
  readonly #observer: ResizeObserver;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #renderer: Renderer;
  #window: Size = { width: 0, height: 0 };
  #scale = 1;
  #frame: Size = { width: 1, height: 1 };
  #view: View | undefined;
  #picture: Picture | undefined;
  #contrast: Contrast = { low: 0, high: 1, scale: "linear", colours: "inverted" };
  #marks: Marks = {
    beamCentre: undefined,
    rings: [],
    iceRings: [],
    spots: [],
    strong: [],
    line: undefined,
    region: undefined,
    print: () => undefined,
  };
  #request: number | undefined;
  #travelled = 0;
  #from: { x: number; y: number } | undefined;
  #draws = false;

  constructor(
    readonly box: HTMLElement,
    readonly canvas: HTMLCanvasElement,
    readonly overlay: HTMLCanvasElement,
    readonly events: StageEvents,
  ) {
    this.#renderer = new Renderer(canvas);
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(box);
    this.#measure();
    const on = <K extends keyof HTMLElementEventMap>(name: K, handle: (event: HTMLElementEventMap[K]) => void) =>
      box.addEventListener(name, handle, { signal: this.#stop.signal, passive: false });
    on("wheel", (event) => this.#onWheel(event));
    on("pointerdown", (event) => this.#onDown(event));
    on("pointermove", (event) => this.#onMove(event));
    on("pointerup", (event) => this.#onUp(event));
    on("pointercancel", (event) => this.#onUp(event));
    on("pointerleave", () => this.events.onPoint(undefined));
    on("dblclick", (event) => this.zoom(2, this.#place(event)));
    const { signal } = this.#stop;
    const onLost = (event: Event) => {
      event.preventDefault();
      this.events.onLost();
    };
    const onRestored = () => {
      this.#renderer = new Renderer(canvas);
      this.events.onRestored();
    };
    canvas.addEventListener("webglcontextlost", onLost, { signal });
    canvas.addEventListener("webglcontextrestored", onRestored, { signal });
  }

  /** The part that is seen. */
  get view(): View {
    return this.#view ?? whole(this.#frame, this.#window);
  }

  /** Points of the screen for each pixel of the frame. */
  get pointsPerPixel(): number {
    return this.view.zoom * this.#scale;
  }

  /** Shows a picture of a frame of this size, at once. */
  show(
    picture: Picture,
    frame: Size,
    limits: { largest: number; trusted: number; smallest: number },
    mask: Uint8Array | undefined,
  ): void {
    this.#picture = picture;
    this.#frame = frame;
    this.#renderer.load(picture, limits);
    this.#renderer.setMask(picture.bin === 1 ? mask : undefined, picture.width);
    this.#draw();
  }

  setContrast(contrast: Contrast): void {
    this.#contrast = contrast;
    this.#ask();
  }

  /** Whether a drag draws, instead of moving the frame. */
  setDraws(draws: boolean): void {
    this.#draws = draws;
  }

  setMarks(marks: Marks): void {
    this.#marks = marks;
    this.#ask();
  }

  /** Shows another part; undefined for the whole frame. */
  setView(view: View | undefined): void {
    this.#view = view;
    this.#ask();
  }

  /** Larger or smaller, around a place of the window or its middle. */
  zoom(factor: number, place = { x: this.#window.width / 2, y: this.#window.height / 2 }): void {
    this.#move(zoomed(this.view, this.#frame, this.#window, factor, place.x, place.y));
  }

  /** One pixel of the frame as one point of the screen. */
  zoomToPoints(): void {
    this.zoom(1 / this.pointsPerPixel);
  }

  /** Moves by a part of the window. */
  pan(x: number, y: number): void {
    this.#move(moved(this.view, this.#frame, -x * this.#window.width, -y * this.#window.height));
  }

  /** Shows the whole frame. */
  fit(): void {
    this.setView(undefined);
    this.events.onView(undefined);
  }

  /** The colours of some points of the canvas, from the lower left one: what was asked for is drawn then. */
  read(x: number, y: number, width: number, height: number): Uint8Array {
    return this.#renderer.read(x, y, width, height);
  }

  /** What is seen, with its marks. */
  picture(): HTMLCanvasElement {
    this.#draw();
    return stacked([this.canvas, this.overlay], groundOf(this.box));
  }

  close(): void {
    this.#stop.abort();
    this.#observer.disconnect();
    if (this.#request !== undefined) cancelAnimationFrame(this.#request);
    this.#renderer.close();
  }

  #move(view: View): void {
    this.setView(view);
    this.events.onView(view);
  }

  #measure(): void {
    this.#window = { width: Math.max(1, this.box.clientWidth), height: Math.max(1, this.box.clientHeight) };
    this.#scale = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(this.#window.width * this.#scale);
      canvas.height = Math.round(this.#window.height * this.#scale);
    }
    this.#draw();
  }

  #ask(): void {
    this.#request ??= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    if (this.#request !== undefined) cancelAnimationFrame(this.#request);
    this.#request = undefined;
    const picture = this.#picture;
    if (!picture) return;
    const view = this.view;
    const corner = toFrame(view, this.#window, 0, 0);
    const { bin } = picture;
    const window = { x: corner.x / bin, y: corner.y / bin, step: 1 / (view.zoom * this.#scale * bin) };
    this.#renderer.draw(window, this.#contrast);
    drawMarks(this.overlay, this.#window, this.#scale, view, this.#marks);
  }

  #place(event: MouseEvent): { x: number; y: number } {
    const { left, top } = this.box.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #tell(event: MouseEvent): void {
    const { x, y } = this.#place(event);
    this.events.onPoint(toFrame(this.view, this.#window, x, y));
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.zoom(wheelZoom ** (-event.deltaY * lines), this.#place(event));
    this.#tell(event);
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.box.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#place(event));
    this.#travelled = 0;
    const { x, y } = this.#place(event);
    this.#from = toFrame(this.view, this.#window, x, y);
  }

  #onMove(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    const now = this.#place(event);
    if (before) {
      const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
      this.#pointers.set(event.pointerId, now);
      this.#travelled += Math.hypot(now.x - before.x, now.y - before.y);
      if (other) {
        const factor =
          Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
        if (Number.isFinite(factor) && factor > 0) this.zoom(factor, other);
      } else if (this.#draws && this.#from && this.#travelled > clickReach) {
        const to = toFrame(this.view, this.#window, now.x, now.y);
        this.events.onDraw({ x1: this.#from.x, y1: this.#from.y, x2: to.x, y2: to.y });
      } else if (this.#travelled > clickReach) {
        this.#move(moved(this.view, this.#frame, now.x - before.x, now.y - before.y));
      }
    }
    this.#tell(event);
  }

  #onUp(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
  }
}
