/** Which part of a frame is seen. */
export interface View {
  /** The place of the frame in the middle of the window, pixels of the frame. */
  x: number;
  y: number;
  /** Pixels of the window (CSS) for each of the frame. */
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Each pixel of the frame is at most so large. */
export const maxZoom = 96;
const margin = 0.98;

/** The whole frame. */
export function whole(frame: Size, window: Size): View {
  const zoom = Math.min(window.width / frame.width, window.height / frame.height) * margin;
  return { x: frame.width / 2, y: frame.height / 2, zoom: Math.min(maxZoom, zoom) };
}

/** Where a point of the window is on the frame. */
export function toFrame(view: View, window: Size, x: number, y: number): { x: number; y: number } {
  return { x: view.x + (x - window.width / 2) / view.zoom, y: view.y + (y - window.height / 2) / view.zoom };
}

/** Where a point of the frame is in the window. */
export function toWindow(view: View, window: Size, x: number, y: number): { x: number; y: number } {
  return { x: (x - view.x) * view.zoom + window.width / 2, y: (y - view.y) * view.zoom + window.height / 2 };
}

/** Larger or smaller around a point of the window, which stays where it is. */
export function zoomed(view: View, frame: Size, window: Size, factor: number, x: number, y: number): View {
  const least = Math.min(whole(frame, window).zoom, 1) / 2;
  const zoom = Math.min(maxZoom, Math.max(least, view.zoom * factor));
  const there = toFrame(view, window, x, y);
  const next = { x: view.x, y: view.y, zoom };
  const moved = toFrame(next, window, x, y);
  return within({ x: view.x + there.x - moved.x, y: view.y + there.y - moved.y, zoom }, frame);
}

/** Moved by pixels of the window. */
export function moved(view: View, frame: Size, x: number, y: number): View {
  return within({ ...view, x: view.x - x / view.zoom, y: view.y - y / view.zoom }, frame);
}

/** The middle stays on the frame, so that it never gets lost. */
function within(view: View, frame: Size): View {
  const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
  return { zoom: view.zoom, x: clamp(view.x, frame.width), y: clamp(view.y, frame.height) };
}
