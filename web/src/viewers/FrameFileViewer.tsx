import { useCallback, useMemo } from "react";
import { useNavigate } from "react-router";
import { type Address, writeAddress } from "../frames/address";
import { parseFramePath } from "../frames/detector/path";
import FrameViewer from "../frames/FrameViewer";
import { useAddress } from "../frames/useAddress";
import type { ViewerProps } from "./viewer";

/** A stored frame. Another one opens in the dataset's tab for frames. */
export default function FrameFileViewer({ dataset, at, entry, decline }: ViewerProps) {
  const [address, setAddress] = useAddress();
  const navigate = useNavigate();
  const place = parseFramePath(entry.path);
  const here = useMemo<Address>(
    () => ({ ...address, at, frame: place?.number ?? 1, channel: place?.channel ?? "" }),
    [address, at, place?.number, place?.channel],
  );
  const onAddress = useCallback(
    (change: Partial<Address>) => {
      const isElsewhere = change.frame !== undefined || change.channel !== undefined;
      if (!isElsewhere) setAddress(change);
      else navigate(`/datasets/${dataset.id}/frames?${writeAddress({ ...here, ...change }, new URLSearchParams())}`);
    },
    [here, dataset.id, navigate, setAddress],
  );
  return <FrameViewer dataset={dataset.id} address={here} onAddress={onAddress} decline={decline} />;
}
