import { frames as t } from "../../messages/en";
import type { Picture, Rows } from "../decode/picture";
import { levels, type Pixels } from "../decode/pixels";
import { type Contrast, maskedColour, palettes, saturatedColour } from "./colours";
import { fragmentShader, vertexShader } from "./shader";

/** The edge of a tile: every WebGL2 takes textures of this size. */
const tileEdge = 2048;
const unit = 2 ** levels;

interface Tile {
  x: number;
  y: number;
  width: number;
  height: number;
  numbers: WebGLTexture;
  mask: WebGLTexture | undefined;
}

/** What of a picture is drawn, in points of the canvas. */
export interface Window {
  /** The place of the picture at the upper left corner, in its numbers. */
  x: number;
  y: number;
  /** How many of its numbers stand along a point. */
  step: number;
}

const names = [
  "numbers",
  "mask",
  "hasMask",
  "level",
  "corner",
  "step",
  "height",
  "begin",
  "size",
  "largest",
  "trusted",
  "smallest",
  "wrap",
  "range",
  "isLog",
  "colours",
  "masked",
  "saturated",
] as const;

/** The browser cannot draw frames. */
export class NoWebGl extends Error {
  override name = "NoWebGl";
}

/** Draws a picture with WebGL2. Its numbers stay in the graphics memory, so that another window or contrast is drawn at once. */
export class Renderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #places: Record<(typeof names)[number], WebGLUniformLocation | null>;
  #tiles: Tile[] = [];
  #shape = "";
  #mask: Uint8Array | undefined;
  #limits = { largest: 0, trusted: 0, smallest: 0, size: 1 };

  constructor(readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", {
      alpha: true,
      antialias: false,
      depth: false,
      preserveDrawingBuffer: true,
    });
    if (!gl) throw new NoWebGl(t.webgl2IsMissing);
    this.#gl = gl;
    const program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertexShader],
      [gl.FRAGMENT_SHADER, fragmentShader],
    ] as const) {
      const shader = gl.createShader(kind) as WebGLShader;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
      throw new NoWebGl(t.itsShaderIsRefused(gl.getProgramInfoLog(program)));
    // biome-ignore lint/correctness/useHookAtTopLevel: it is a call of WebGL
    gl.useProgram(program);
    this.#places = Object.fromEntries(
      names.map((name) => [name, gl.getUniformLocation(program, `u_${name}`)]),
    ) as never;
    gl.bindVertexArray(gl.createVertexArray());
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.uniform1i(this.#places.numbers, 0);
    gl.uniform1i(this.#places.mask, 1);
    gl.uniform3fv(this.#places.masked, maskedColour);
    gl.uniform3fv(this.#places.saturated, saturatedColour);
  }

  /** Hands a picture to the graphics memory. */
  load(picture: Picture, limits: { largest: number; trusted: number; smallest: number }): void {
    const shape = `${picture.width} ${picture.height} ${picture.size}`;
    if (shape !== this.#shape) {
      this.#forget();
      this.#shape = shape;
      this.#tiles = this.#makeTiles(picture);
    }
    this.#limits = { ...limits, size: picture.size };
    for (const tile of this.#tiles) {
      this.#gl.bindTexture(this.#gl.TEXTURE_2D, tile.numbers);
      for (const band of picture.bands)
        for (let level = 0; level <= levels; level++)
          this.#copy(tile, band, level, level === 0 ? band.pixels : (band.levels[level - 1] as Pixels), picture.width);
    }
  }

  /** Hands over the mask of the picture; undefined for none. */
  setMask(codes: Uint8Array | undefined, width: number): void {
    const gl = this.#gl;
    if (codes === this.#mask) return;
    this.#mask = codes;
    for (const tile of this.#tiles) {
      if (codes === undefined) {
        if (tile.mask) gl.deleteTexture(tile.mask);
        tile.mask = undefined;
        continue;
      }
      tile.mask ??= this.#texture(gl.R8UI, 1, tile.width, tile.height);
      gl.bindTexture(gl.TEXTURE_2D, tile.mask);
      this.#cut(width, tile.x, tile.y);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, tile.width, tile.height, gl.RED_INTEGER, gl.UNSIGNED_BYTE, codes);
    }
  }

  /** Draws what the window shows. */
  draw(window: Window, contrast: Contrast): void {
    const gl = this.#gl;
    const { width, height } = this.canvas;
    gl.disable(gl.SCISSOR_TEST);
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    const places = this.#places;
    gl.uniform1i(places.level, Math.min(levels, Math.max(0, Math.floor(Math.log2(window.step)))));
    gl.uniform2f(places.corner, window.x, window.y);
    gl.uniform1f(places.step, window.step);
    gl.uniform1f(places.height, height);
    gl.uniform1ui(places.largest, this.#limits.largest);
    gl.uniform1ui(places.trusted, this.#limits.trusted);
    gl.uniform1i(places.smallest, this.#limits.smallest);
    gl.uniform1i(places.wrap, this.#limits.smallest < 0 && this.#limits.size < 4 ? 2 ** (8 * this.#limits.size) : 0);
    gl.uniform2f(places.range, contrast.low, contrast.high);
    gl.uniform1i(places.isLog, contrast.scale === "log" ? 1 : 0);
    gl.uniform1i(places.colours, palettes.indexOf(contrast.colours));
    for (const tile of this.#tiles) {
      const left = Math.floor((tile.x - window.x) / window.step) - 1;
      const top = Math.floor((tile.y - window.y) / window.step) - 1;
      const right = Math.ceil((tile.x + tile.width - window.x) / window.step) + 1;
      const bottom = Math.ceil((tile.y + tile.height - window.y) / window.step) + 1;
      if (right < 0 || bottom < 0 || left > width || top > height) continue;
      gl.scissor(left, height - bottom, right - left, bottom - top);
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, tile.mask ?? null);
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, tile.numbers);
      gl.uniform1i(places.hasMask, tile.mask ? 1 : 0);
      gl.uniform2i(places.begin, tile.x, tile.y);
      gl.uniform2i(places.size, tile.width, tile.height);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  /** The colours of some points, from the lower left one: what has been asked for is drawn when this returns. */
  read(x: number, y: number, width: number, height: number): Uint8Array {
    const points = new Uint8Array(width * height * 4);
    this.#gl.readPixels(x, y, width, height, this.#gl.RGBA, this.#gl.UNSIGNED_BYTE, points);
    return points;
  }

  close(): void {
    this.#forget();
  }

  #forget(): void {
    for (const { numbers, mask } of this.#tiles) {
      this.#gl.deleteTexture(numbers);
      if (mask) this.#gl.deleteTexture(mask);
    }
    this.#tiles = [];
    this.#shape = "";
    this.#mask = undefined;
  }

  #makeTiles({ width, height, size }: Picture): Tile[] {
    const gl = this.#gl;
    const format = size === 1 ? gl.R8UI : size === 2 ? gl.R16UI : gl.R32UI;
    const tiles: Tile[] = [];
    for (let y = 0; y < height; y += tileEdge)
      for (let x = 0; x < width; x += tileEdge) {
        const tile = { x, y, width: Math.min(tileEdge, width - x), height: Math.min(tileEdge, height - y) };
        // Each level has half of the size of the one before only if the first is a multiple.
        const whole = (side: number) => Math.ceil(side / unit) * unit;
        const numbers = this.#texture(format, levels + 1, whole(tile.width), whole(tile.height));
        tiles.push({ ...tile, numbers, mask: undefined });
      }
    return tiles;
  }

  #texture(format: number, count: number, width: number, height: number): WebGLTexture {
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, count, format, width, height);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, count > 1 ? gl.NEAREST_MIPMAP_NEAREST : gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    return texture;
  }

  /** Copies what a band has of a tile, at one level. */
  #copy(tile: Tile, band: Rows, level: number, numbers: Pixels, pictureWidth: number): void {
    const gl = this.#gl;
    const at = (place: number) => Math.ceil(place / 2 ** level);
    const first = Math.max(at(tile.y), at(band.first));
    const beyond = Math.min(at(tile.y + tile.height), at(band.first + band.count));
    if (beyond <= first) return;
    this.#cut(at(pictureWidth), at(tile.x), first - at(band.first));
    const width = at(tile.x + tile.width) - at(tile.x);
    const size = numbers.BYTES_PER_ELEMENT;
    const type = size === 1 ? gl.UNSIGNED_BYTE : size === 2 ? gl.UNSIGNED_SHORT : gl.UNSIGNED_INT;
    gl.texSubImage2D(gl.TEXTURE_2D, level, 0, first - at(tile.y), width, beyond - first, gl.RED_INTEGER, type, numbers);
  }

  /** Which part of the rows that are handed over next is meant. */
  #cut(rowLength: number, columns: number, rows: number): void {
    this.#gl.pixelStorei(this.#gl.UNPACK_ROW_LENGTH, rowLength);
    this.#gl.pixelStorei(this.#gl.UNPACK_SKIP_PIXELS, columns);
    this.#gl.pixelStorei(this.#gl.UNPACK_SKIP_ROWS, rows);
  }
}
