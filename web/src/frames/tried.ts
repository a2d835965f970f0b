import type { Values } from "../analysis/parameters";

/** A step has a handful of parameters; more is no sense. */
const mostValues = 64;
/** Tried as the step does it by itself. */
const usual = "on";

/** Reads what is tried of the spot finder, such as `sigma_strong:4,preset:pia`; undefined when nothing is tried. */
export function readTried(text: string | null): Values | undefined {
  if (text === null) return undefined;
  const values: Values = {};
  if (text === usual) return values;
  for (const part of text.split(",", mostValues)) {
    const [name, value, ...more] = part.split(":").map(decoded);
    if (name && value && more.length === 0) values[name] = typed(value);
  }
  return values;
}

/** Writes what is tried, for an address. */
export function writeTried(values: Values | undefined): string | undefined {
  if (values === undefined) return undefined;
  const parts = Object.entries(values)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${encodeURIComponent(name)}:${encodeURIComponent(value)}`);
  return parts.join(",") || usual;
}

function typed(text: string): Values[string] {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
