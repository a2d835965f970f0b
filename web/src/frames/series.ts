import { entryUrl } from "../api/base";
import { sendOk } from "../api/client";
import { ApiProblem } from "../api/problem";
import { frames as t } from "../messages/en";
import { type Codec, codecs } from "./decode/codecs";
import { Decoder, type Packing } from "./decode/decoder";
import type { Picture } from "./decode/picture";
import type { Together } from "./decode/together";
import { type Header, maxHeaderBytes, readHeader } from "./detector/header";
import { type Mask, readMask } from "./detector/mask";
import { framePath } from "./detector/path";

const usualMask = "header.d/pixel_mask.npy";
const metadataPrefix = "X-Hutch-Meta-";

/** A frame as it is stored. */
interface Stored {
  chunk: Uint8Array;
  packing: Packing;
}

/** The frames of a dataset. */
export class Series {
  readonly #decoder: Decoder;
  #mask: Mask | undefined;
  /** The frame that was read last: when the mask comes, it is unpacked once more. */
  #last: { key: string; stored: Stored } | undefined;
  #hasNewMask = false;

  private constructor(
    readonly dataset: string,
    readonly at: string | undefined,
    readonly header: Header,
    decoder: Decoder,
  ) {
    this.#decoder = decoder;
  }

  /** Reads what the dataset says of its frames. */
  static async open(dataset: string, at: string | undefined, signal: AbortSignal): Promise<Series> {
    // Its workers start while the header is on its way.
    const decoder = new Decoder();
    try {
      const response = await sendOk(entryUrl(dataset, "header", { at }), { signal });
      if (Number(response.headers.get("Content-Length")) > maxHeaderBytes) throw new Error(t.theHeaderIsTooLarge);
      return new Series(dataset, at, readHeader(await response.text()), decoder);
    } catch (error) {
      decoder.close();
      throw error;
    }
  }

  get mask(): Mask | undefined {
    return this.#mask;
  }

  /** Reads the mask of the detector; later frames are unpacked with it. Without one it does nothing. */
  async loadMask(signal: AbortSignal): Promise<Mask | undefined> {
    const { maskEntry, columns, rows } = this.header;
    try {
      const response = await sendOk(entryUrl(this.dataset, maskEntry ?? usualMask, { at: this.at }), { signal });
      this.#mask = readMask(new Uint8Array(await response.arrayBuffer()), columns, rows);
      this.#hasNewMask = true;
    } catch (error) {
      // A header that names none need not have one.
      if (maskEntry !== undefined || !(error instanceof ApiProblem) || error.status !== 404) throw error;
    }
    return this.#mask;
  }

  /** Reads and unpacks a frame, or a picture that the server made of it: each pixel the largest valid one of `bin` × `bin`. */
  async frame(number: number, channel: string, bin: number, signal: AbortSignal): Promise<Picture> {
    performance.mark("hutch-frame-asked");
    const key = `${bin} ${framePath(number, channel)}`;
    const { chunk, packing } = await (this.#last?.key === key && this.#hasNewMask
      ? this.#last.stored
      : this.#read(number, channel, bin, signal));
    this.#last = { key, stored: { chunk, packing } };
    this.#hasNewMask = false;
    performance.mark("hutch-frame-fetched");
    signal.throwIfAborted();
    const picture = await this.#decoder.unpack(chunk, packing, bin === 1 ? this.#mask?.codes : undefined);
    performance.mark("hutch-frame-unpacked");
    signal.throwIfAborted();
    return picture;
  }

  /** Several frames as one picture: the sum of each pixel, or its largest count. */
  async together(how: Together, first: number, count: number, channel: string, signal: AbortSignal): Promise<Picture> {
    const read = (place: number) => {
      signal.throwIfAborted();
      return this.#read(first + place, channel, 1, signal);
    };
    const picture = await this.#decoder.unpackTogether(how, count, read, this.#mask?.codes);
    signal.throwIfAborted();
    return picture;
  }

  close(): void {
    this.#decoder.close();
  }

  async #read(number: number, channel: string, bin: number, signal: AbortSignal): Promise<Stored> {
    const { columns, rows, size, largest, trusted, smallest, codec } = this.header;
    const binned = bin > 1 ? { bin: String(bin) } : {};
    const url = entryUrl(this.dataset, framePath(number, channel), { at: this.at, ...binned });
    const response = await sendOk(url, { signal });
    const own = response.headers.get(`${metadataPrefix}hutch-codec`) ?? codec;
    const known = codecs.find((name) => name === own);
    if (!known) throw new Error(t.theFrameHasAnUnknownCodec(own));
    return {
      chunk: new Uint8Array(await response.arrayBuffer()),
      packing: {
        // The server packs its own pictures as detectors do.
        codec: bin > 1 ? ("bslz4" satisfies Codec) : known,
        filterMask: bin > 1 ? 0 : Number(response.headers.get(`${metadataPrefix}hutch-filter-mask`) ?? 0),
        size,
        width: Math.ceil(columns / bin),
        height: Math.ceil(rows / bin),
        bin,
        largest,
        trusted,
        smallest,
      },
    };
  }
}
