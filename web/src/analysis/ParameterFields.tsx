import { Button, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { analysis as t } from "../messages/en";
import { type Parameter, type Parametrised, rangeOf, shownValue, type Values } from "./parameters";

/** The parameters of a step as fields: those that few people change are shown on demand. */
export function ParameterFields({
  step,
  values,
  onValues,
  leaveOut = [],
}: {
  step: Parametrised | undefined;
  values: Values;
  onValues: (values: Values) => void;
  /** Parameters without a field. */
  leaveOut?: readonly string[];
}) {
  const [more, setMore] = useState(false);
  const parameters = (step?.parameters ?? []).filter((parameter) => !leaveOut.includes(parameter.name));
  const field = (parameter: Parameter) => (
    <ParameterField
      key={parameter.name}
      parameter={parameter}
      value={shownValue(parameter, values)}
      onChange={(value) => onValues({ ...values, [parameter.name]: value })}
    />
  );
  return (
    <>
      {parameters.filter((parameter) => !parameter.advanced).map(field)}
      {parameters.some((parameter) => parameter.advanced) && (
        <Button variant="subtle" size="compact-sm" onClick={() => setMore(!more)} aria-expanded={more}>
          {more ? t.fewerParameters : t.moreParameters}
        </Button>
      )}
      {more && parameters.filter((parameter) => parameter.advanced).map(field)}
    </>
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
  const description = [parameter.description, parameter.from && t.withoutAValueTheMetadata(parameter.from)]
    .filter(Boolean)
    .join(" ");
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
      description={[description, rangeOf(parameter)].filter(Boolean).join(" ")}
      value={value as string | number}
      onChange={onChange}
      placeholder={t.notSet}
      min={parameter.minimum ?? parameter.exclusiveMinimum}
      max={parameter.maximum}
      allowDecimal={parameter.kind === "number"}
    />
  );
}
