import type { Schemas } from "../api/client";
import { metadata as t } from "../messages/en";
import { itemsOf, quantityOf } from "./document";

export type Attribute = Schemas["TypeAttributeInfo"];

/** What stands in the fields of one value of the metadata. */
export interface Typed {
  /** The value, or those of a list; none for no value. */
  items: string[];
  /** The unit that was chosen or found; undefined for none. */
  unit: string | undefined;
}

/** A number as JSON writes it. */
const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** A number as people write it, and what stands behind it. */
const quantity = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*((?:[^\s\d.,+-]|1\/).*?)\s*$/;

/** Whether the values of an attribute are numbers. */
export function isNumeric({ kind, items }: Attribute): boolean {
  const single = kind === "list" ? items : kind;
  return single === "number" || single === "integer";
}

/** Whether a field can show a value, given as a JSON text, without losing any of it. */
export function fitsField(attribute: Attribute, json: string | undefined): boolean {
  if (json === undefined) return true;
  const value = (isNumeric(attribute) && quantityOf(json)?.value) || json;
  const items = (attribute.kind === "list" && itemsOf(value)) || [value];
  return items.every((item) => !item.startsWith("{") && !item.startsWith("["));
}

/** Reads a value into fields. */
export function toTyped(attribute: Attribute, json: string | undefined): Typed {
  if (json === undefined || json === "null") return { items: [], unit: attribute.unit };
  const found = isNumeric(attribute) ? quantityOf(json) : undefined;
  const value = found?.value ?? json;
  const items = ((attribute.kind === "list" && itemsOf(value)) || [value]).map(plain);
  if (!found && attribute.unit && attribute.kind !== "list") {
    const [, amount, unit] = quantity.exec(items[0] ?? "") ?? [];
    if (amount && unit) return { items: [amount], unit };
  }
  return { items, unit: found?.unit ?? attribute.unit };
}

/**
 * Writes fields as a value; undefined for none. Nothing that was typed is left out: what is no number is written as text, and any unit is
 * kept. What was `{"value": …, "unit": …}` stays so.
 */
export function toJson(attribute: Attribute, { items, unit }: Typed, before: string | undefined): string | undefined {
  const given = items.filter((item) => item.trim() !== "");
  if (given.length === 0) return undefined;
  const written = given.map((item) => jsonOf(attribute, item));
  const value = attribute.kind === "list" ? `[${written.join(", ")}]` : (written[0] ?? "null");
  if (!attribute.unit || !unit) return value;
  const isOwn = unit === attribute.unit;
  if ((before && quantityOf(before)) || (!isOwn && attribute.kind === "list"))
    return `{"value": ${value}, "unit": ${JSON.stringify(unit)}}`;
  const text = given[0]?.trim() ?? "";
  return isOwn || quantity.test(text) ? value : JSON.stringify(`${text} ${unit}`);
}

/** A value as people read it: without quotes and braces. */
export function shown(json: string | undefined): string {
  if (json === undefined) return "";
  const found = quantityOf(json);
  if (found) return [shown(found.value), found.unit].filter(Boolean).join(" ");
  return itemsOf(json)?.map(shown).join(", ") ?? plain(json);
}

/** The numbers that an attribute takes, in words; undefined for all. */
export function rangeOf({ min, max, unit }: Attribute): string | undefined {
  const behind = unit ? ` ${unit}` : "";
  if (min !== undefined && max !== undefined) return t.minToMax(min, max, behind);
  if (min !== undefined) return t.atLeast(min, behind);
  return max === undefined ? undefined : t.atMost(max, behind);
}

function jsonOf(attribute: Attribute, item: string): string {
  const text = item.trim();
  if (isNumeric(attribute)) return number.test(text) ? text : JSON.stringify(text);
  if (attribute.kind === "boolean" && (text === "true" || text === "false")) return text;
  return JSON.stringify(item);
}

/** Texts without their quotes, everything else as it is written. */
function plain(json: string): string {
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}
