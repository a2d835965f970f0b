import { Button, Group, Modal, Select, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { api, must, type Schemas } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { analysis as t } from "../messages/en";
import { ParameterFields } from "./ParameterFields";
import { given, type Step, type Values } from "./parameters";
import classes from "./StartDialog.module.css";

/** Asks what to do with the frames, and starts it. The fields are what the chosen step declares. */
export function StartDialog({
  dataset,
  steps,
  initial,
  onClose,
  onStarted,
}: {
  dataset: Schemas["DatasetInfo"];
  steps: Step[];
  /** What the fields begin with; undefined for the first step and nothing put in. */
  initial?: { step: string; values: Values } | undefined;
  onClose: () => void;
  onStarted: (run: string) => Promise<void>;
}) {
  const [name, setName] = useState(initial?.step ?? steps[0]?.name);
  const [values, setValues] = useState<Values>(initial?.values ?? {});
  const [follow, setFollow] = useState(dataset.state === "open");
  const [again, setAgain] = useState(false);
  const work = useWork();
  const step = steps.find((each) => each.name === name);
  const start = () =>
    work.run(async () => {
      const made = await must(
        api.POST("/datasets/{id}/analyses", {
          params: { path: { id: dataset.id } },
          body: {
            step: name,
            parameters: given(step, values),
            follow: dataset.state === "open" && follow,
            again,
          },
        }),
      );
      await onStarted(made.run);
      onClose();
    });
  return (
    <Modal opened onClose={onClose} title={t.analyseFrames} centered closeButtonProps={{ "aria-label": t.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <Stack>
          {steps.length > 1 && (
            <Select
              label={t.step}
              data={steps.map((each) => ({ value: each.name, label: each.title }))}
              value={name}
              onChange={(value) => value && setName(value)}
              allowDeselect={false}
            />
          )}
          {step && (
            <Text size="sm" c="dimmed">
              {step.description}
            </Text>
          )}
          <ParameterFields step={step} values={values} onValues={setValues} />
          {dataset.state === "open" && (
            <Switch
              label={t.includeNewFramesUntilTheDataset}
              checked={follow}
              onChange={(event) => setFollow(event.currentTarget.checked)}
            />
          )}
          <Switch
            label={t.runAgainEvenIfAnIdentical}
            checked={again}
            onChange={(event) => setAgain(event.currentTarget.checked)}
          />
          <ProblemAlert error={work.error} title={t.couldNotStartTheAnalysis} />
          <Group justify="flex-end" className={classes.end}>
            <Button type="submit" loading={work.isBusy}>
              {t.start}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
