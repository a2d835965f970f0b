import { Switch, Text } from "@mantine/core";
import { useCallback, useMemo, useRef, useState } from "react";
import { EmptyState } from "../components/EmptyState";
import { FrameIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useAddressState } from "../components/useAddressState";
import { useFramesQuery } from "../dataset/useHasFrames";
import type { Address } from "../frames/address";
import FrameViewer from "../frames/FrameViewer";
import { FullScreen } from "../fullscreen/FullScreen";
import { compare as t } from "../messages/en";
import { type FramesAddress, readFrames, stepped, writeFrames } from "./address";
import classes from "./compare.module.css";
import type { Pair } from "./pair";

/** Two frames side by side: zoom, contrast and colours are of both, and one step moves both. */
export default function FramesComparison(pair: Pair) {
  const queries = [useFramesQuery(pair.left, true), useFramesQuery(pair.right, true)];
  const failed = queries.find(({ error }) => error)?.error;
  const without = queries.findIndex(({ hasFrames }) => !hasFrames);
  if (failed) return <ProblemAlert error={failed} title={t.couldNotLoadTheDataset} />;
  if (queries.some(({ isPending }) => isPending)) return <Loading />;
  if (without >= 0) {
    const { name } = without === 0 ? pair.left : pair.right;
    return <EmptyState icon={<FrameIcon size={26} />} title={t.noFramesIn(name)} />;
  }
  return <Frames {...pair} />;
}

function Frames({ left, right, names }: Pair) {
  const [state, change] = useAddressState(readFrames, writeFrames);
  const [controls, setControls] = useState<HTMLElement | null>(null);
  // The contrast that the left side has chosen for its frame.
  const [chosen, setChosen] = useState<Address["range"]>();
  const now = useRef<FramesAddress>(state);
  now.current = state;
  const onSide = useCallback(
    (side: "left" | "right", wanted: Partial<Address>) => {
      const { frame, ...shared } = wanted;
      change({ ...shared, ...(frame === undefined ? {} : stepped(now.current, side, frame)) });
    },
    [change],
  );
  const onLeft = useCallback((wanted: Partial<Address>) => onSide("left", wanted), [onSide]);
  const onRight = useCallback((wanted: Partial<Address>) => onSide("right", wanted), [onSide]);
  const shown = useMemo(
    () => ({ ...state, frame: state.other, range: state.range ?? (state.ownContrast ? undefined : chosen) }),
    [state, chosen],
  );
  return (
    <FullScreen>
      <div className={classes.frames}>
        <section aria-label={names.left} data-side="left">
          <Head name={names.left} />
          <FrameViewer
            dataset={left.id}
            isPage
            address={state}
            onAddress={onLeft}
            compared={{ controls, onRange: setChosen }}
          />
        </section>
        <section aria-label={names.right} data-side="right">
          <Head name={names.right} />
          <FrameViewer dataset={right.id} address={shown} onAddress={onRight} compared={{ controls: null }} />
        </section>
        <section aria-label={t.controls} className={classes.controls}>
          <Switch
            size="sm"
            label={t.moveTogether}
            checked={!state.apart}
            onChange={(event) => change({ apart: !event.currentTarget.checked })}
          />
          <Switch
            size="sm"
            label={t.sameContrast}
            checked={!state.ownContrast}
            onChange={(event) => change({ ownContrast: !event.currentTarget.checked })}
          />
          <div ref={setControls} />
        </section>
      </div>
    </FullScreen>
  );
}

function Head({ name }: { name: string }) {
  return (
    <Text fw={600} size="sm" mb={4}>
      <Name wrap>{name}</Name>
    </Text>
  );
}
