import { apiRoot } from "../api/base";
import { api, must } from "../api/client";
import { framePath, parseFramePath } from "./detector/path";

/** Longer numbers are listed among the shorter ones. */
const largest = 999_999;

/** Entries beside the frames of a usual series: header, mask, times of the images. */
const usuallyBeside = 50;

/**
 * The number of the last frame that is stored; undefined if there is none.
 * @param files How many files the dataset has, if that is known: in a usual series one question is enough then.
 */
export async function newestFrame(dataset: string, channel: string, files?: number): Promise<number | undefined> {
  // Paths are listed in the order of their bytes: so are numbers of one length.
  const listAfter = async (number: number, limit: number): Promise<number[]> => {
    const after = framePath(number, channel);
    const page = await must(
      api.GET("/datasets/{id}/tree", {
        params: { path: { id: dataset }, query: { prefix: channel === "" ? "" : `${channel}/`, after, limit } },
      }),
    );
    const found = (page.items ?? []).map((entry) => parseFramePath(entry.path));
    return found.flatMap((frame) => (frame?.channel === channel && frame.number > number ? [frame.number] : []));
  };
  const nextAfter = async (number: number) => (await listAfter(number, 1))[0];
  if (files !== undefined && files < largest) {
    const last = await listAfter(Math.max(0, files - usuallyBeside), 2 * usuallyBeside);
    if (last.length > 0 && last.length < 2 * usuallyBeside) return last[last.length - 1];
  }
  let low = await nextAfter(0);
  if (low === undefined) return undefined;
  let high = low + 1;
  for (;;) {
    const found = await nextAfter(high - 1);
    if (found === undefined) break;
    low = found;
    high = Math.min(largest, found * 2);
    if (low >= largest) return low;
  }
  // Behind `high` there is none, and `low` is there.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const found = await nextAfter(middle - 1);
    if (found === undefined) high = middle;
    else low = found;
  }
  return low;
}

/**
 * Tells the number of each frame that is stored, until it is stopped.
 * @param opened Called when frames are told from now on, and again after a break: those before have to be looked for.
 */
export function onNewFrames(
  dataset: string,
  channel: string,
  tell: (number: number) => void,
  opened: () => void,
): () => void {
  const source = new EventSource(`${apiRoot}/events?dataset=${encodeURIComponent(dataset)}`);
  source.onopen = opened;
  source.addEventListener("entry.put", (event) => {
    const { data } = JSON.parse((event as MessageEvent<string>).data) as { data?: { path?: string } };
    const found = parseFramePath(data?.path ?? "");
    if (found?.channel === channel) tell(found.number);
  });
  return () => source.close();
}
