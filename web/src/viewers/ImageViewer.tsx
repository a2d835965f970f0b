import { ImageSeries } from "../siblings/ImageSeries";
import type { ViewerProps } from "./viewer";

/** Images that browsers can show. */
export default function ImageViewer({ dataset, at, entry, decline }: ViewerProps) {
  return (
    <ImageSeries
      dataset={dataset}
      at={at}
      entry={entry}
      onRefused={() => decline("The browser cannot show this image.")}
    />
  );
}
