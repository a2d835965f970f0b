import { entryUrl } from "../api/base";
import { send } from "../api/client";
import { readProblem } from "../api/problem";

/** The content of a file. */
export interface FileSource {
  /** For an image element, or to download. */
  url: string;
  /** For a frame: the server sends it with a policy that allows no script, no network and no origin. */
  sandboxUrl: string;
  /** Reads a range; shorter at the end of the file. */
  read: (begin: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;
}

/** The content of an entry, read from the server. */
export function fileSource(dataset: string, path: string, at: string | undefined): FileSource {
  const url = entryUrl(dataset, path, { at });
  return {
    url,
    sandboxUrl: entryUrl(dataset, path, { at, view: "sandbox" }),
    read: async (begin, length, signal) => {
      const headers = { Range: `bytes=${begin}-${begin + length - 1}` };
      const response = await send(url, { headers, signal: signal ?? null });
      if (response.status === 416) return new Uint8Array();
      if (!response.ok) throw await readProblem(response);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}
