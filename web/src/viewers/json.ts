/** A JSON value; integers beyond 2^53 as bigint, so that every digit is shown. */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };

/** Parses a document. No value: the error says why. */
export function parseJson(text: string): { value?: Json; error?: string } {
  try {
    return { value: JSON.parse(text, exact as (key: string, value: unknown) => unknown) as Json };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

// Browsers that know no source text (before 2025, some) show such integers rounded.
function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && !Number.isSafeInteger(value) && source && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
}
