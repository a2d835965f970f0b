import { archiveUrl } from "../api/base";
import { bare } from "./moves";

/** The longest address that a server takes, with room for its name and the method. */
const mostAddress = 7_500;

/** URL of an archive of some files and folders; undefined when they are too many for an address. */
export function selectionUrl(
  dataset: string,
  kind: "tar" | "zip",
  at: string | undefined,
  paths: Iterable<string>,
): string | undefined {
  const url = archiveUrl(dataset, kind, { at, paths: [...paths].map(bare) });
  return url.length <= mostAddress ? url : undefined;
}
