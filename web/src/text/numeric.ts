/**
 * The number that a text is; NaN for what is none. A comma may stand before decimals, unless it may as well separate thousands. A minus may
 * be the typographic one, and the exponent that of Fortran.
 */
export function numberOf(text: string): number {
  const infinite = /^\s*([+-]?)inf(inity)?\s*$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (text.trim() === "") return Number.NaN;
  const plain = Number(text);
  if (!Number.isNaN(plain)) return plain;
  const isThousands = /^\s*[+-]?\d{1,3},\d{3}\s*$/.test(text);
  const [, sign = "", whole, decimals = "", power = "0"] =
    /^\s*([+\u2212-]?)(\d+)(?:[.,](\d+))?(?:[de]([+-]?\d+))?\s*$/i.exec(text) ?? [];
  return whole === undefined || isThousands
    ? Number.NaN
    : Number(`${sign.replace("\u2212", "-")}${whole}.${decimals}e${power}`);
}

/** Whether a column is one of numbers: all that is written in it, of the first thousand. */
export function isNumeric(texts: string[]): boolean {
  const some = texts.slice(0, 1000).filter((text) => text.trim() !== "");
  return (
    some.length > 0 && some.every((text) => !Number.isNaN(numberOf(text)) || /^[+-]?(nan|inf(inity)?)$/i.test(text))
  );
}
