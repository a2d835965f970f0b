import { Button, Group, Modal, Select, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { api, must, type Schemas } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
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
    <Modal opened onClose={onClose} title="Analyse frames" centered closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <Stack>
          {steps.length > 1 && (
            <Select
              label="Step"
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
              label="Include new frames until the dataset is closed"
              checked={follow}
              onChange={(event) => setFollow(event.currentTarget.checked)}
            />
          )}
          <Switch
            label="Run again even if an identical run exists"
            checked={again}
            onChange={(event) => setAgain(event.currentTarget.checked)}
          />
          <ProblemAlert error={work.error} title="Could not start the analysis" />
          <Group justify="flex-end" className={classes.end}>
            <Button type="submit" loading={work.isBusy}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
