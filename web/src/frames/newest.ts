import { apiRoot } from "../api/base";
import { api, must } from "../api/client";
import { framePath, parseFramePath } from "./detector/path";

/** Longer numbers are listed among the shorter ones. */
const largest = 999_999;

/** The number of the last frame that is stored; undefined if there is none. */
export async function newestFrame(dataset: string, channel: string): Promise<number | undefined> {
  // Paths are listed in the order of their bytes: so are numbers of one length.
  const nextAfter = async (number: number): Promise<number | undefined> => {
    const after = framePath(number, channel);
    const page = await must(
      api.GET("/datasets/{id}/tree", {
        params: { path: { id: dataset }, query: { prefix: channel === "" ? "" : `${channel}/`, after, limit: 1 } },
      }),
    );
    const found = parseFramePath(page.items?.[0]?.path ?? "");
    return found?.channel === channel && found.number > number ? found.number : undefined;
  };
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

/** Tells the number of each frame that is stored from now on, until it is stopped. */
export function onNewFrames(dataset: string, channel: string, tell: (number: number) => void): () => void {
  const source = new EventSource(`${apiRoot}/events?dataset=${encodeURIComponent(dataset)}`);
  source.addEventListener("entry.put", (event) => {
    const { data } = JSON.parse((event as MessageEvent<string>).data) as { data?: { path?: string } };
    const found = parseFramePath(data?.path ?? "");
    if (found?.channel === channel) tell(found.number);
  });
  return () => source.close();
}
