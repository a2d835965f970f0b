import { useOutletContext } from "react-router";
import type { DatasetContext } from "../dataset/context";
import FrameViewer from "./FrameViewer";
import { useAddress } from "./useAddress";

/** The frames of a dataset. What is seen is in the address, so that it can be sent to others. */
export default function FramesTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  const [address, onAddress] = useAddress();
  return <FrameViewer dataset={dataset.id} address={address} onAddress={onAddress} />;
}
