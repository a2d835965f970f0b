import { Autocomplete, NativeSelect, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { metadata as t } from "../messages/en";
import { useTerms } from "../types/useTypes";
import { type Attribute, fitsField, isNumeric, rangeOf, shown, toJson, toTyped } from "./values";

/** Suggestions that are shown at once. */
const termsShown = 12;

/** Room for the longest unit of the table, in pixels. */
const unitWidth = 110;

interface AttributeFieldProps {
  attribute: Attribute;
  /** The value in the document, as a JSON text; undefined for none. */
  json: string | undefined;
  /** Whether the document has room for it: where a section should be, something else may stand. */
  hasRoom: boolean;
  /** What does not fit. */
  problem: string | undefined;
  onChange: (json: string | undefined) => void;
}

/** The field of one attribute. What is typed goes into the document at once, whatever it is. */
export function AttributeField({ attribute, json, hasRoom, problem, onChange }: AttributeFieldProps) {
  const [typed, setTyped] = useState(() => toTyped(attribute, json));
  const [seen, setSeen] = useState(json);
  const terms = useTerms(attribute.vocabulary);
  if (seen !== json) {
    // The document was changed outside this field.
    setSeen(json);
    setTyped(toTyped(attribute, json));
  }
  const change = (next: Partial<typeof typed>) => {
    const now = { ...typed, ...next };
    const written = toJson(attribute, now, json);
    setTyped(now);
    setSeen(written);
    onChange(written);
  };
  const common = {
    label: attribute.title,
    description: descriptionOf(attribute),
    error: problem,
    withAsterisk: attribute.required,
    "aria-required": attribute.required,
  };
  if (!hasRoom || !fitsField(attribute, json))
    return <TextInput {...common} value={shown(json)} readOnly description={t.canBeEditedInTheDocument} />;
  const value = typed.items[0] ?? "";
  const unit = attribute.unit && (
    <NativeSelect
      variant="unstyled"
      w={unitWidth - 10}
      // Else it takes over that of the field around it, and has no room for its text.
      rightSectionWidth={28}
      aria-label={t.unitOf(attribute.title)}
      data={withCurrent((attribute.units ?? [attribute.unit]).map(asChoice), typed.unit)}
      value={typed.unit ?? ""}
      onChange={(event) => change({ unit: event.currentTarget.value })}
    />
  );
  const beside = unit
    ? { rightSection: unit, rightSectionWidth: unitWidth, rightSectionPointerEvents: "all" as const }
    : {};
  switch (attribute.kind) {
    case "list":
      return (
        <TagsInput
          {...common}
          {...beside}
          placeholder={typed.items.length === 0 ? t.enterAddsOne : undefined}
          data={terms}
          limit={termsShown}
          value={typed.items}
          onChange={(items) => change({ items })}
          allowDuplicates
          splitChars={isNumeric(attribute) ? [",", ";"] : []}
        />
      );
    case "boolean":
    case "choice": {
      const choices =
        attribute.kind === "choice"
          ? (attribute.choices ?? []).map(asChoice)
          : [
              { value: "true", label: "yes" },
              { value: "false", label: "no" },
            ];
      return (
        <NativeSelect
          {...common}
          data={[{ value: "", label: t.notSaid }, ...withCurrent(choices, value)]}
          value={value}
          onChange={(event) => change({ items: [event.currentTarget.value] })}
        />
      );
    }
    default:
      return attribute.vocabulary ? (
        <Autocomplete
          {...common}
          data={terms}
          limit={termsShown}
          value={value}
          onChange={(text) => change({ items: [text] })}
        />
      ) : (
        <TextInput
          {...common}
          {...beside}
          placeholder={attribute.kind === "time" ? "2026-11-20T10:30:00Z" : undefined}
          inputMode={isNumeric(attribute) ? "decimal" : undefined}
          value={value}
          onChange={(event) => change({ items: [event.currentTarget.value] })}
          // A unit that was typed behind the number goes where units are.
          onBlur={() => setTyped(toTyped(attribute, json))}
        />
      );
  }
}

interface Choice {
  value: string;
  label: string;
}

/** Choices, and what stands in the document though it is none of them. */
function withCurrent(choices: Choice[], current: string | undefined): Choice[] {
  return !current || choices.some(({ value }) => value === current) ? choices : [...choices, asChoice(current)];
}

function asChoice(value: string): Choice {
  return { value, label: value };
}

function descriptionOf(attribute: Attribute): string | undefined {
  const range = rangeOf(attribute);
  const allowed = range && `${attribute.kind === "list" ? t.each : ""}${range}`;
  return (
    [attribute.description, allowed && `${allowed[0]?.toUpperCase()}${allowed.slice(1)}.`].filter(Boolean).join(" ") ||
    undefined
  );
}
