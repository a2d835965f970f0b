import type { Schemas } from "../api/client";

export type Step = Schemas["StepDeclaration"];
export type Parameter = Schemas["ParameterDeclaration"];

/** What a person has put into the fields; an empty text is nothing. */
export type Values = Record<string, string | number | boolean>;

/** What a field shows: what was put in, or what is used without it. */
export function shownValue(parameter: Parameter, values: Values): string | number | boolean {
  const preset = parameter.presets?.[String(values.preset)];
  return values[parameter.name] ?? ((preset ?? parameter.default) as string | number | boolean | undefined) ?? "";
}

/** The values to send: those that were put in and that the step has. */
export function given(step: Step | undefined, values: Values): Values {
  const sent: Values = {};
  for (const { name } of step?.parameters ?? []) {
    const value = values[name];
    if (value !== undefined && value !== "") sent[name] = value;
  }
  return sent;
}
