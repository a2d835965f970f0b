// Control and format characters (which are invisible or change the text direction): one name must not pass for another. The two joiners
// (200C, 200D) stay, because scripts and emoji need them.
const hidden = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Makes invisible characters visible: controls as symbols, the others as ⟨code point⟩. */
export function visibleText(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `\u27e8${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
  });
}
