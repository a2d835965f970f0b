import Hdf5Content from "../hdf5/Hdf5Content";
import type { ViewerProps } from "./viewer";

/** An HDF5 or NeXus file. */
export default function Hdf5FileViewer({ dataset, at, entry }: ViewerProps) {
  return <Hdf5Content dataset={dataset.id} at={at} path={entry.path} hash={entry.hash ?? undefined} />;
}
