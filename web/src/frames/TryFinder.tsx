import { Button, Loader, Paper, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { ParameterFields } from "../analysis/ParameterFields";
import type { Step, Values } from "../analysis/parameters";
import { StartDialog } from "../analysis/StartDialog";
import type { Schemas } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { frames as t } from "../messages/en";
import { formatCount, plural } from "../text/format";
import { strongColour } from "./draw/overlay";
import classes from "./FrameViewer.module.css";
import type { Trial, TrialState } from "./useTrial";

/** Drawn over the frame in any case. */
const always = ["spots"] as const;

interface TryFinderProps {
  dataset: Schemas["DatasetInfo"];
  step: Step;
  isOn: boolean;
  onSwitch: (isOn: boolean) => void;
  values: Values;
  onValues: (values: Values) => void;
  state: TrialState;
  /** Whether the reader may analyse the whole series. */
  canAnalyse: boolean;
}

/** Other parameters of the spot finder, tried on the frame that is seen. */
export function TryFinder({ dataset, step, isOn, onSwitch, values, onValues, state, canAnalyse }: TryFinderProps) {
  const [isStarting, setStarting] = useState(false);
  const navigate = useNavigate();
  return (
    <Stack gap="xs">
      <Switch
        size="sm"
        label={t.tryTheSpotFinderHere}
        checked={isOn}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
      {isOn && (
        <Paper withBorder p="xs">
          <Stack gap="xs">
            <Text size="xs" role="status" data-testid="trial" data-busy={state.isBusy}>
              {state.trial ? describe(state.trial) : t.lookingForSpots} {state.isBusy && <Loader size={10} />}
            </Text>
            <ProblemAlert error={state.error} title={t.couldNotTry} />
            <Text size="xs" component="div">
              <span className={classes.swatch} style={{ background: strongColour }} />
              {t.strongPixels}
            </Text>
            <ParameterFields step={step} values={values} onValues={onValues} leaveOut={always} />
            {canAnalyse && (
              <Button size="xs" variant="light" onClick={() => setStarting(true)}>
                {t.applyToAllFrames}
              </Button>
            )}
          </Stack>
        </Paper>
      )}
      {isStarting && (
        <StartDialog
          dataset={dataset}
          steps={[step]}
          initial={{ step: step.name, values: { ...values, spots: true } }}
          onClose={() => setStarting(false)}
          onStarted={async (run) => navigate(`/datasets/${dataset.id}/analysis?run=${run}`)}
        />
      )}
    </Stack>
  );
}

function describe({ frame, row, strong, strongPixels }: Trial): string {
  const pixels = strongPixels === undefined ? [] : [`${plural(strongPixels, t.countStrongPixels)}`];
  if (strongPixels !== undefined && strong === undefined) pixels.push(t.tooManyToDraw);
  if (row.error) return t.frame3(frame, [row.error, ...pixels].join(" "));
  const resolution = Number(row.estimated_d_min);
  return t.frame4(
    frame,
    [
      plural(Number(row.n_spots_total ?? 0), t.countSpots),
      t.withoutIce(formatCount(Number(row.n_spots_no_ice ?? 0))),
      ...(resolution > 0 ? [t.resolution(resolution.toFixed(2))] : []),
      ...pixels,
    ].join(" · "),
  );
}
