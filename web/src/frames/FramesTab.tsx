import { Button, Switch } from "@mantine/core";
import { useCallback, useEffect, useRef } from "react";
import { Link, useOutletContext } from "react-router";
import { entryUrl } from "../api/base";
import { DownloadIcon } from "../components/icons";
import { ProblemAlert } from "../components/ProblemAlert";
import { type DatasetContext, hasRight } from "../dataset/context";
import { FullScreen } from "../fullscreen/FullScreen";
import { frames as t } from "../messages/en";
import { useSteps } from "../runs/useSteps";
import { type Address, writeAddress } from "./address";
import FrameViewer from "./FrameViewer";
import { SpotsChoice, spotFinding, useSpots } from "./SpotsChoice";
import { TryFinder } from "./TryFinder";
import { useAddress } from "./useAddress";
import { useFollow } from "./useFollow";
import { useTrial } from "./useTrial";

const none: never[] = [];

/** The frame, beside the next of its dataset, seen in the same way. */
function compared(dataset: string, address: Address): URLSearchParams {
  const pair = new URLSearchParams({ left: dataset, right: dataset, show: "frames", other: String(address.frame + 1) });
  return writeAddress({ ...address, run: undefined, follow: false, tried: undefined }, pair);
}

/** The path of the file that the server makes of all frames, of a dataset `owner/slug`. */
function nexusFile(name: string): string {
  return `.hutch/virtual/${name.slice(name.indexOf("/") + 1)}.nxs`;
}

/** The frames of a dataset. What is seen is in the address, so that it can be sent to others. */
export default function FramesTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  const [address, onAddress] = useAddress();
  const spots = useSpots(dataset.id, address);
  const following = useFollow(dataset.id, address, onAddress);
  // While following a measurement, the user sees the spots of its running run, unless another run or none is chosen.
  const offered = useRef<string>();
  const running = spots.runs.find((run) => run.state === "running")?.id;
  useEffect(() => {
    if (!address.follow || running === undefined || offered.current === running) return;
    offered.current = running;
    if (address.run === undefined) onAddress({ run: running });
  }, [address.follow, address.run, running, onAddress]);
  const finder = useSteps().data?.items.find((step) => step.program === spotFinding);
  // Switching it off and on again restores the tried values.
  const tried = useRef(address.tried ?? {});
  tried.current = address.tried ?? tried.current;
  const isTrying = address.tried !== undefined;
  const trying = useTrial(dataset.id, address, isTrying ? finder : undefined, tried.current);
  // What was found on another frame is not drawn over this one.
  const trial = trying.trial?.frame === address.frame ? trying.trial : undefined;
  // Choosing another frame stops following the newest one.
  const onChoice = useCallback(
    (change: Partial<Address>) => onAddress(change.frame === undefined ? change : { follow: false, ...change }),
    [onAddress],
  );
  return (
    <FullScreen>
      <FrameViewer
        dataset={dataset.id}
        isPage
        address={address}
        onAddress={onChoice}
        onSettled={following.onSettled}
        spots={isTrying ? (trial?.positions ?? none) : spots.positions}
        strong={isTrying ? trial?.strong : undefined}
      >
        {address.at === undefined && (
          <Switch
            size="sm"
            label={t.followTheNewestFrame}
            checked={address.follow}
            onChange={(event) => onAddress({ follow: event.currentTarget.checked })}
          />
        )}
        <ProblemAlert error={following.error} title={t.couldNotFindTheNewestFrame} />
        <SpotsChoice dataset={dataset.id} frame={address.frame} spots={spots} onRun={(run) => onAddress({ run })} />
        {finder && (
          <TryFinder
            dataset={dataset}
            step={finder}
            isOn={isTrying}
            onSwitch={(isOn) => onAddress({ tried: isOn ? tried.current : undefined })}
            values={tried.current}
            onValues={(values) => onAddress({ tried: values })}
            state={{ ...trying, trial }}
            canAnalyse={hasRight(dataset, "derive")}
          />
        )}
        {address.at === undefined && (
          <Button component={Link} variant="default" size="xs" to={`/compare?${compared(dataset.id, address)}`}>
            {t.compareFrames}
          </Button>
        )}
        {dataset.state === "closed" && (
          <Button
            component="a"
            variant="default"
            size="xs"
            href={entryUrl(dataset.id, nexusFile(dataset.name), { at: address.at })}
            title={t.allFramesInOneFile}
            leftSection={<DownloadIcon size={14} />}
          >
            {t.asANexusFile}
          </Button>
        )}
      </FrameViewer>
    </FullScreen>
  );
}
