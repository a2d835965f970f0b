import type { Schemas } from "../api/client";
import { analysis as t } from "../messages/en";

export type Step = Schemas["StepDeclaration"];
/** What declares parameters: a step, or a program of the site. */
export type Parametrised = { parameters?: Parameter[] | undefined };
export type Parameter = Schemas["ParameterDeclaration"];

/** What a person has put into the fields; an empty text is nothing. */
export type Values = Record<string, string | number | boolean>;

/** What a field shows: what was put in, or what is used without it. */
export function shownValue(parameter: Parameter, values: Values): string | number | boolean {
  const preset = parameter.presets?.[String(values.preset)];
  return values[parameter.name] ?? ((preset ?? parameter.default) as string | number | boolean | undefined) ?? "";
}

/** The values to send: those that were put in and that the step has. */
export function given(step: Parametrised | undefined, values: Values): Values {
  const sent: Values = {};
  for (const { name } of step?.parameters ?? []) {
    const value = values[name];
    if (value !== undefined && value !== "") sent[name] = value;
  }
  return sent;
}

/** The values that a number may have, in words; undefined without a limit. */
export function rangeOf({ minimum, exclusiveMinimum, maximum }: Parameter): string | undefined {
  const least = minimum ?? exclusiveMinimum;
  if (least == null && maximum == null) return undefined;
  if (maximum == null) return exclusiveMinimum == null ? t.atLeast(Number(least)) : t.moreThan(Number(least));
  return least == null ? t.notAbove(maximum) : t.fromTo(least, maximum);
}
