import VolumeContent from "../volumes/VolumeContent";
import type { ViewerProps } from "./viewer";

/** An array in a file: MRC, NIfTI, TIFF, NumPy, HDF5. */
export default function VolumeFileViewer({ dataset, at, entry, decline }: ViewerProps) {
  return (
    <VolumeContent dataset={dataset.id} at={at} path={entry.path} hash={entry.hash ?? undefined} decline={decline} />
  );
}
