import { Button, Group, Modal, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, must, type Schemas } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { given, type Parameter, type Step, shownValue, type Values } from "./parameters";

/** Asks what to do with the frames, and starts it. The fields are what the chosen step declares. */
export function StartDialog({
  dataset,
  steps,
  onClose,
  onStarted,
}: {
  dataset: Schemas["DatasetInfo"];
  steps: Step[];
  onClose: () => void;
  onStarted: (run: string) => Promise<void>;
}) {
  const [name, setName] = useState(steps[0]?.name);
  const [values, setValues] = useState<Values>({});
  const [follow, setFollow] = useState(dataset.state === "open");
  const [again, setAgain] = useState(false);
  const [more, setMore] = useState(false);
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
  const field = (parameter: Parameter) => (
    <ParameterField
      key={parameter.name}
      parameter={parameter}
      value={shownValue(parameter, values)}
      onChange={(value) => setValues((before) => ({ ...before, [parameter.name]: value }))}
    />
  );
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
          {step?.parameters?.filter((parameter) => !parameter.advanced).map(field)}
          {step?.parameters?.some((parameter) => parameter.advanced) && (
            <Button variant="subtle" size="compact-sm" onClick={() => setMore(!more)} aria-expanded={more}>
              {more ? "Fewer parameters" : "More parameters"}
            </Button>
          )}
          {more && step?.parameters?.filter((parameter) => parameter.advanced).map(field)}
          {dataset.state === "open" && (
            <Switch
              label="Include new frames until the dataset is closed"
              checked={follow}
              onChange={(event) => setFollow(event.currentTarget.checked)}
            />
          )}
          <Switch
            label="Start a new run even if this analysis is there already"
            checked={again}
            onChange={(event) => setAgain(event.currentTarget.checked)}
          />
          <ProblemAlert error={work.error} title="Could not start the analysis" />
          <Group justify="flex-end">
            <Button type="submit" loading={work.isBusy}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function ParameterField({
  parameter,
  value,
  onChange,
}: {
  parameter: Parameter;
  value: string | number | boolean;
  onChange: (value: string | number | boolean) => void;
}) {
  const label = parameter.unit ? `${parameter.title} (${parameter.unit})` : parameter.title;
  const description = parameter.description;
  if (parameter.kind === "boolean")
    return (
      <Switch
        label={label}
        description={description}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  if (parameter.choices)
    return (
      <Select
        label={label}
        description={description}
        data={parameter.choices}
        value={value === "" ? null : String(value)}
        onChange={(chosen) => onChange(chosen ?? "")}
        allowDeselect={parameter.default === undefined}
      />
    );
  if (parameter.kind === "text")
    return (
      <TextInput
        label={label}
        description={description}
        value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <NumberInput
      label={label}
      description={description}
      value={value as string | number}
      onChange={onChange}
      placeholder="not set"
      min={parameter.minimum ?? parameter.exclusiveMinimum}
      max={parameter.maximum}
      allowDecimal={parameter.kind === "number"}
    />
  );
}
