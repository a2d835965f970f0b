import { trees as t } from "../messages/en";

/** A value of a document; integers beyond 2^53 as bigint, so that every digit is shown. */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };

/** Deeper documents are no trees that anybody could look at, and more than parsers can take. */
export const deepest = 1000;

/** Parses a document. No value: the error says why. */
export function parseJson(text: string): { value?: Json; error?: string } {
  if (isDeep(text)) return { error: t.notShownAsATreeIt(deepest) };
  try {
    return { value: JSON.parse(text, exact as (key: string, value: unknown) => unknown) as Json };
  } catch (error) {
    return { error: t.notValidJson((error as Error).message) };
  }
}

/** Whether brackets outside of quotes are nested too deep. */
function isDeep(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isQuoted) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isQuoted = false;
    } else if (code === 0x22) isQuoted = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > deepest) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

// Browsers that know no source text (before 2025, some) show such integers rounded.
function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && !Number.isSafeInteger(value) && source && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
}
