import type { Dataset } from "../dataset/context";

export function UploadButtons(_: { dataset: Dataset; folder: string }) {
  return null;
}
