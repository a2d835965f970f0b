import { Switch } from "@mantine/core";
import { useCallback } from "react";
import { useOutletContext } from "react-router";
import { ProblemAlert } from "../components/ProblemAlert";
import type { DatasetContext } from "../dataset/context";
import type { Address } from "./address";
import FrameViewer from "./FrameViewer";
import { SpotsChoice, useSpots } from "./SpotsChoice";
import { useAddress } from "./useAddress";
import { useFollow } from "./useFollow";

/** The frames of a dataset. What is seen is in the address, so that it can be sent to others. */
export default function FramesTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  const [address, onAddress] = useAddress();
  const spots = useSpots(dataset.id, address.run, address.frame);
  const followError = useFollow(dataset.id, address, onAddress);
  // Who goes to another frame holds it.
  const onChoice = useCallback(
    (change: Partial<Address>) => onAddress(change.frame === undefined ? change : { follow: false, ...change }),
    [onAddress],
  );
  return (
    <FrameViewer dataset={dataset.id} address={address} onAddress={onChoice} spots={spots.positions}>
      {address.at === undefined && (
        <Switch
          size="sm"
          label="Follow the newest frame"
          checked={address.follow}
          onChange={(event) => onAddress({ follow: event.currentTarget.checked })}
        />
      )}
      <ProblemAlert error={followError} title="Could not find the newest frame" />
      <SpotsChoice
        dataset={dataset.id}
        run={address.run}
        frame={address.frame}
        spots={spots}
        onRun={(run) => onAddress({ run })}
      />
    </FrameViewer>
  );
}
