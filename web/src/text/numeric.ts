/** The number that a text is; NaN for what is none. */
export function numberOf(text: string): number {
  const infinite = /^\s*([+-]?)inf(inity)?\s*$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** Whether a column is one of numbers: all that is written in it, of the first thousand. */
export function isNumeric(texts: string[]): boolean {
  const some = texts.slice(0, 1000).filter((text) => text.trim() !== "");
  return (
    some.length > 0 && some.every((text) => !Number.isNaN(numberOf(text)) || /^[+-]?(nan|inf(inity)?)$/i.test(text))
  );
}
