import { useEffect, useState } from "react";
import { given, type Step, type Values } from "../analysis/parameters";
import { api, must, type Schemas } from "../api/client";
import type { Address } from "./address";
import { framePath } from "./detector/path";
import { readSpots, type SpotPosition } from "./detector/spots";

/** Somebody who types, or goes from frame to frame, asks once. */
const settleMs = 250;

/** What the spot finder says of a frame with parameters that somebody tries. */
export interface Trial {
  frame: number;
  row: Schemas["ResultRow"];
  positions: SpotPosition[];
  /** Which pixels are strong, packed; undefined if there are too many. */
  strong: string | undefined;
  strongPixels: number | undefined;
}

export interface TrialState {
  trial: Trial | undefined;
  error: unknown;
  isBusy: boolean;
}

/** Tries a step on the frame that is seen, again with every change. What is no longer wanted is called off at the server too. */
export function useTrial(
  dataset: string,
  { frame, channel, at }: Address,
  step: Step | undefined,
  values: Values,
): TrialState {
  const [state, setState] = useState<TrialState>({ trial: undefined, error: undefined, isBusy: false });
  const parameters = JSON.stringify({ ...given(step, values), spots: true });
  const name = step?.name;
  useEffect(() => {
    if (name === undefined) {
      setState({ trial: undefined, error: undefined, isBusy: false });
      return;
    }
    const control = new AbortController();
    setState((before) => ({ ...before, isBusy: true }));
    const timer = window.setTimeout(async () => {
      try {
        const found = await must(
          api.POST("/datasets/{id}/analyses/trial", {
            params: { path: { id: dataset }, query: at === undefined ? {} : { at } },
            body: { frame: framePath(frame, channel), step: name, parameters: JSON.parse(parameters) },
            signal: control.signal,
          }),
        );
        const spots = found.row.spot_positions;
        const trial = {
          frame,
          row: found.row,
          positions: typeof spots === "string" ? readSpots(spots) : [],
          strong: found.strong,
          strongPixels: found.strongPixels,
        };
        setState({ trial, error: undefined, isBusy: false });
      } catch (error) {
        if (!control.signal.aborted) setState({ trial: undefined, error, isBusy: false });
      }
    }, settleMs);
    return () => {
      control.abort();
      window.clearTimeout(timer);
    };
  }, [dataset, frame, channel, at, name, parameters]);
  return state;
}
