import { apiRoot, encodePath } from "../../api/base";
import { sendOk } from "../../api/client";
import { volumes as t } from "../../messages/en";

/** What an array is: `.zarray` of Zarr, version 2. */
export interface ArrayLayout {
  shape: number[];
  chunks: number[];
  /** numpy's name of the type, such as `<u2`. */
  type: string;
}

/** An array in a file. */
export interface FoundArray {
  /** Its path in the file, without slashes around it; empty for a file that is one array. */
  path: string;
  layout: ArrayLayout;
  attributes: Record<string, unknown>;
}

/** The files' arrays, as the server has them: a store of Zarr, of which parts are stores too. */
export class ZarrFile {
  readonly #root: string;
  readonly #query: string;

  constructor(dataset: string, path: string, at: string | undefined) {
    this.#root = `${apiRoot}/datasets/${dataset}/zarr/${encodePath(path)}`;
    this.#query = at ? `?${new URLSearchParams({ at })}` : "";
  }

  /** All arrays in the file. */
  async arrays(signal: AbortSignal): Promise<FoundArray[]> {
    const { metadata } = (await this.#json(".zmetadata", signal)) as { metadata?: unknown };
    if (!isRecord(metadata)) throw new Error(t.theServerSAnswerIsNo);
    const found: FoundArray[] = [];
    for (const [key, document] of Object.entries(metadata)) {
      if (!/(^|\/)\.zarray$/.test(key)) continue;
      const path = key.slice(0, -".zarray".length).replace(/\/$/, "");
      const attributes = metadata[`${key.slice(0, -".zarray".length)}.zattrs`];
      found.push({ path, layout: readLayout(document), attributes: isRecord(attributes) ? attributes : {} });
    }
    return found;
  }

  /** What a part of an array is. */
  async part(path: string, selection: string, signal: AbortSignal): Promise<ArrayLayout> {
    return readLayout(await this.#json(`${partKey(path, selection)}/.zarray`, signal));
  }

  /** A chunk of a part. */
  async chunk(path: string, selection: string, index: number[], signal: AbortSignal): Promise<ArrayBuffer> {
    return (await this.#ask(`${partKey(path, selection)}/${index.join(".") || "0"}`, signal)).arrayBuffer();
  }

  async #json(key: string, signal: AbortSignal): Promise<unknown> {
    return (await this.#ask(key, signal)).json();
  }

  #ask(key: string, signal: AbortSignal): Promise<Response> {
    return sendOk(`${this.#root}/${encodePath(key)}${this.#query}`, { signal });
  }
}

function partKey(path: string, selection: string): string {
  return `${path === "" ? "" : `${path}/`}.part/${selection}`;
}

function readLayout(document: unknown): ArrayLayout {
  const { shape, chunks, dtype } = isRecord(document) ? document : {};
  const isLengths = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (!isLengths(shape) || !isLengths(chunks) || shape.length !== chunks.length || typeof dtype !== "string")
    throw new Error(t.theServerSDescriptionOfThe);
  return { shape, chunks, type: dtype };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
