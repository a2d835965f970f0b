import { sendOk } from "../api/client";
import { ApiProblem } from "../api/problem";
import { hdf5 as t } from "../messages/en";

interface FetcherOptions {
  abortSignal?: AbortSignal | undefined;
  onProgress?: ((value: number) => void) | undefined;
}

type Fetcher = (url: string, params: Record<string, string>, options?: FetcherOptions) => Promise<ArrayBuffer>;

/** For how long a refusal stands: H5Web asks again and again while it draws, milliseconds. */
const refusalLasts = 3000;

/** Asks the server for H5Web: of one version, as the portal asks, and with the server's own words when it refuses. */
export function createFetcher(at: string | undefined): Fetcher {
  const refusals = new Map<string, ApiProblem>();
  return async (url, params, { abortSignal, onProgress } = {}) => {
    const address = addressOf(url, params, at);
    const refused = refusals.get(address);
    if (refused) throw refused;
    try {
      const response = await sendOk(address, { signal: abortSignal ?? null });
      return await (onProgress ? readWithProgress(response, onProgress) : response.arrayBuffer());
    } catch (error) {
      if (error instanceof ApiProblem) {
        refusals.set(address, error);
        setTimeout(() => refusals.delete(address), refusalLasts);
      }
      throw error;
    }
  };
}

/** Where an array, or a part of it, is downloaded as a file. */
export function exportUrl(url: string, file: string, at: string | undefined) {
  return (
    format: string,
    { path, shape, type }: { path: string; shape: unknown; type: { class: string } },
    selection?: string,
  ): URL | undefined => {
    const isNumbers = type.class === "Integer" || type.class === "Float";
    if ((format !== "npy" && format !== "tiff") || !isNumbers || !Array.isArray(shape)) return undefined;
    return new URL(addressOf(`${url}/data`, { file, path, format, ...(selection && { selection }) }, at));
  };
}

function addressOf(url: string, params: Record<string, string>, at: string | undefined): string {
  return `${url}?${new URLSearchParams(at ? { ...params, at } : params)}`;
}

async function readWithProgress(response: Response, onProgress: (value: number) => void): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(Number(response.headers.get("Content-Length")));
  let count = 0;
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (count + value.length > bytes.length) throw new Error(t.theServerSentMoreThanIt);
    bytes.set(value, count);
    count += value.length;
    onProgress(count / bytes.length);
  }
  if (count < bytes.length) throw new Error(t.theAnswerOfTheServerEnded);
  return bytes.buffer;
}
