import { entryUrl } from "../api/base";
import { send } from "../api/client";

const mostPictures = 20;
const mostBytes = 3 * 1024 * 1024;
const types: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
};

/** Images of a dataset as data URLs: a frame without an origin could not request them. Missing and large ones are left out. */
export async function readPictures(
  dataset: string,
  at: string | undefined,
  wanted: (readonly [string, string])[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  await Promise.all(
    wanted.slice(0, mostPictures).map(async ([href, path]) => {
      const type = types[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
      if (!type) return;
      const response = await send(entryUrl(dataset, path, { at }));
      if (!response.ok || Number(response.headers.get("Content-Length") ?? Number.POSITIVE_INFINITY) > mostBytes)
        return;
      found.set(href, await toDataAddress(await response.arrayBuffer(), type));
    }),
  );
  return found;
}

function toDataAddress(bytes: ArrayBuffer, type: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([bytes], { type }));
  });
}
