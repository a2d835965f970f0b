import { volumes as t } from "../../messages/en";
import type { Range, Triple } from "../values/plan";
import { blockMaxima, toHalf, type Volume } from "../values/volume";
import { type Camera, type Pane, sliceIn, turnOf } from "./panes";
import { castShader, sliceShader, vertexShader } from "./shaders";

export const modes = ["maximum", "translucent", "surface"] as const;
export type Mode = (typeof modes)[number];
export const palettes = ["grey", "inverted", "viridis", "heat"] as const;
export type Palette = (typeof palettes)[number];

/** How a volume is looked at; lengths and places are in the values that were read. */
export interface Look {
  at: Triple;
  camera: Camera;
  mode: Mode;
  colours: Palette;
  /** In the unit of the values. */
  low: number;
  high: number;
  threshold: number;
  /** How dense, when it is translucent: 0 to 1. */
  opacity: number;
  clip: Triple<Range>;
  scale: Triple;
  /** How long the shortest side of a value is, and in which unit; undefined where the file does not say. */
  length: { of: number; unit: string } | undefined;
  /** What is measured. */
  ruler: readonly [Triple, Triple] | undefined;
  isBottomUp: boolean;
}

interface Program {
  program: WebGLProgram;
  place: (name: string) => WebGLUniformLocation | null;
}

/** Draws slices of a volume, and follows rays through it, with WebGL 2. */
export class VolumeRenderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #slice: Program;
  readonly #castMixed: Program;
  readonly #castPlain: Program;
  readonly #target: WebGLFramebuffer;
  #values: WebGLTexture | null = null;
  #blocks: WebGLTexture | null = null;
  #picture: WebGLTexture | null = null;
  #pictureSize = "";
  #volume: Volume | undefined;

  constructor(readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", { antialias: false, preserveDrawingBuffer: true });
    if (!gl) throw new Error(t.thisBrowserHasNoWebgl2);
    this.#gl = gl;
    this.#slice = link(gl, sliceShader);
    this.#castMixed = link(gl, castShader(true));
    this.#castPlain = link(gl, castShader(false));
    this.#target = gl.createFramebuffer();
    gl.bindVertexArray(gl.createVertexArray());
  }

  /** What draws: a graphics processor, or a program that stands for one. */
  get rendererName(): string {
    const gl = this.#gl;
    const extension = gl.getExtension("WEBGL_debug_renderer_info");
    return String(gl.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  }

  /** The most values along an axis. */
  get maxSide(): number {
    return this.#gl.getParameter(this.#gl.MAX_3D_TEXTURE_SIZE) as number;
  }

  /** Takes over a volume. Its values are kept as floats of 16 bits, as parts of its range. */
  load(volume: Volume): void {
    const gl = this.#gl;
    const { values, size, least, most, noData } = volume;
    const halves = new Uint16Array(values.length);
    const scale = most > least ? 1 / (most - least) : 0;
    for (let i = 0; i < values.length; i++) {
      const share = ((values[i] as number) - least) * scale;
      halves[i] = share > 0 && values[i] !== noData ? toHalf(share < 1 ? share : 1) : 0;
    }
    const blocks = blockMaxima(halves, size);
    this.#forget();
    this.#volume = volume;
    this.#values = this.#texture(size, halves, gl.LINEAR);
    this.#blocks = this.#texture(blocks.size, blocks.maxima, gl.NEAREST);
    if (gl.getError() === gl.OUT_OF_MEMORY) throw new Error(t.thereIsNotEnoughMemoryFor);
  }

  /** Empties the canvas. */
  clear(): void {
    const gl = this.#gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  /** Draws a slice into its pane. */
  drawSlice(pane: Pane, look: Look): void {
    const gl = this.#gl;
    const volume = this.#volume;
    if (!volume) return;
    const { place } = this.#slice;
    const bottom = this.canvas.height - pane.top - pane.height;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(pane.left, bottom, pane.width, pane.height);
    this.#emptyPane(pane, bottom);
    this.#setCommon(this.#slice, volume, look, [pane.left, bottom, pane.width, pane.height]);
    const { origin, right, down } = sliceIn(pane, volume.size, look.scale, look.at, look.isBottomUp);
    gl.uniform3f(place("u_origin"), ...origin);
    gl.uniform3f(place("u_right"), ...right);
    gl.uniform3f(place("u_down"), ...down);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.disable(gl.SCISSOR_TEST);
  }

  /**
   * Follows the rays of some rows of a picture of the volume.
   * @param width Points of the picture; it is stretched over the pane when it is shown.
   * @param isCoarse Whether to sample each second value only, without its neighbours.
   */
  cast(
    pane: Pane,
    look: Look,
    { width, height, isCoarse }: { width: number; height: number; isCoarse: boolean },
    first: number,
    rows: number,
  ): void {
    const gl = this.#gl;
    const volume = this.#volume;
    if (!volume) return;
    const program = isCoarse ? this.#castPlain : this.#castMixed;
    const { place } = program;
    this.#setPicture(width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#target);
    gl.viewport(0, 0, width, height);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(0, first, width, rows);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.#setCommon(program, volume, look, [0, 0, width, height]);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_3D, this.#blocks);
    gl.uniform1i(place("u_blocks"), 1);
    gl.uniform3f(place("u_scale"), ...look.scale);
    gl.uniformMatrix3fv(place("u_turn"), false, turnOf(look.camera, look.isBottomUp));
    const across = Math.hypot(...volume.size.map((count, axis) => count * (look.scale[axis] as number)));
    const fit = across / (Math.min(pane.width, pane.height) * look.camera.zoom);
    gl.uniform1f(place("u_point"), (fit * pane.width) / width);
    gl.uniform3f(place("u_low"), look.clip[0][0], look.clip[1][0], look.clip[2][0]);
    gl.uniform3f(place("u_high"), look.clip[0][1], look.clip[1][1], look.clip[2][1]);
    gl.uniform1i(place("u_mode"), modes.indexOf(look.mode));
    // A surface at the smallest value would be the box itself.
    gl.uniform1f(place("u_threshold"), Math.max(shareOf(volume, look.threshold), look.mode === "surface" ? 1e-4 : 0));
    gl.uniform1f(place("u_opacity"), look.opacity);
    gl.uniform1f(place("u_step"), isCoarse ? 2 : 1);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.disable(gl.SCISSOR_TEST);
  }

  /** Shows the picture that was cast in its pane. */
  show(pane: Pane, { width, height }: { width: number; height: number }): void {
    const gl = this.#gl;
    const bottom = this.canvas.height - pane.top - pane.height;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.#target);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    const [right, top] = [pane.left + pane.width, bottom + pane.height];
    gl.blitFramebuffer(0, 0, width, height, pane.left, bottom, right, top, gl.COLOR_BUFFER_BIT, gl.LINEAR);
  }

  /** Waits until what was asked for is drawn. */
  finish(): void {
    const gl = this.#gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  close(): void {
    this.#forget();
    this.#gl.deleteTexture(this.#picture);
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #setCommon({ program, place }: Program, volume: Volume, look: Look, view: [number, number, number, number]): void {
    const gl = this.#gl;
    // biome-ignore lint/correctness/useHookAtTopLevel: this is WebGL's.
    gl.useProgram(program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_3D, this.#values);
    gl.uniform1i(place("u_values"), 0);
    gl.uniform3f(place("u_size"), ...volume.size);
    gl.uniform4f(place("u_view"), ...view);
    gl.uniform2f(place("u_range"), shareOf(volume, look.low), shareOf(volume, look.high));
    gl.uniform1i(place("u_colours"), palettes.indexOf(look.colours));
  }

  #emptyPane(pane: Pane, bottom: number): void {
    const gl = this.#gl;
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(pane.left, bottom, pane.width, pane.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  #setPicture(width: number, height: number): void {
    if (this.#pictureSize === `${width} ${height}`) return;
    const gl = this.#gl;
    gl.deleteTexture(this.#picture);
    this.#picture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, this.#picture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.#picture, 0);
    this.#pictureSize = `${width} ${height}`;
  }

  #texture([width, height, depth]: Triple, halves: Uint16Array, filter: number): WebGLTexture {
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_3D, texture);
    gl.texStorage3D(gl.TEXTURE_3D, 1, gl.R16F, width, height, depth);
    gl.texParameteri(gl.TEXTURE_3D, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_3D, gl.TEXTURE_MAG_FILTER, filter);
    for (const axis of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R])
      gl.texParameteri(gl.TEXTURE_3D, axis, gl.CLAMP_TO_EDGE);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, 0, 0, 0, width, height, depth, gl.RED, gl.HALF_FLOAT, halves);
    return texture;
  }

  #forget(): void {
    this.#gl.deleteTexture(this.#values);
    this.#gl.deleteTexture(this.#blocks);
    this.#values = null;
    this.#blocks = null;
    this.#volume = undefined;
  }
}

/** A value as a part of the range of a volume. */
function shareOf({ least, most }: Volume, value: number): number {
  return most > least ? (value - least) / (most - least) : 0;
}

function link(gl: WebGL2RenderingContext, fragments: string): Program {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragments],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error(t.theGraphicsOfThisBrowserDo);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(t.theGraphicsOfThisBrowserRefuse(gl.getProgramInfoLog(program)));
  const places = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    place: (name) => {
      if (!places.has(name)) places.set(name, gl.getUniformLocation(program, name));
      return places.get(name) ?? null;
    },
  };
}
