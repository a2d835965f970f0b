import { entryUrl } from "../api/base";
import { send } from "../api/client";
import { readProblem } from "../api/problem";

/** The beginning of a file. */
export interface FilePart {
  bytes: Uint8Array;
  isCut: boolean;
}

/** Reads the first bytes of a file, and no more. */
export async function fetchPart(
  dataset: string,
  path: string,
  at: string | undefined,
  most: number,
): Promise<FilePart> {
  const response = await send(entryUrl(dataset, path, { at }), { headers: { Range: `bytes=0-${most - 1}` } });
  if (response.status === 416) return { bytes: new Uint8Array(), isCut: false };
  if (!response.ok) throw await readProblem(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const total = Number(response.headers.get("Content-Range")?.split("/")[1] ?? bytes.length);
  return { bytes, isCut: total > bytes.length };
}

/** The text of a file's beginning; undefined when it is no text. */
export function decodeText({ bytes, isCut }: FilePart): string | undefined {
  if (bytes.subarray(0, 8192).includes(0)) return undefined;
  const text = new TextDecoder("utf-8").decode(bytes, { stream: isCut });
  const wrong = text.slice(0, 8192).split("\ufffd").length - 1;
  return wrong > 40 ? new TextDecoder("windows-1252").decode(bytes) : text;
}
