import { metadata as t } from "../messages/en";

/** Digits of a number that people read; the document has the rest. */
const digits = 6;
const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** A value of the metadata with its unit, as people read it: `1028 × 1062 pixels`, `12699.4 eV`. */
export function readable(name: string, text: string, unit: string | null | undefined): string {
  const parts = text.split(", ");
  if (!parts.every((part) => number.test(part))) return unit ? `${text} ${unit}` : text;
  const isSize = parts.length > 1 && /size$/.test(name);
  const value = parts.map(rounded).join(isSize ? " × " : ", ");
  if (!unit) return value;
  return `${value} ${unit === "pixel" && value !== "1" ? t.pixels : unit}`;
}

/** A number with at most six digits; a whole number keeps all of them. */
function rounded(text: string): string {
  return /^-?\d+$/.test(text) ? text : String(Number(Number(text).toPrecision(digits)));
}
