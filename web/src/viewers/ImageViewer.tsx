import { viewers as t } from "../messages/en";
import { ImageSeries } from "../siblings/ImageSeries";
import type { ViewerProps } from "./viewer";

/** Images that browsers can show. */
export default function ImageViewer({ dataset, at, entry, decline }: ViewerProps) {
  return (
    <ImageSeries dataset={dataset} at={at} entry={entry} onRefused={() => decline(t.theBrowserCannotShowThisImage)} />
  );
}
