const sampleBytes = 8192;
const mostWrongCharacters = 40;

/** Decodes the start of a file as text; undefined if it is binary. */
export function decodeText(bytes: Uint8Array, isCut: boolean): string | undefined {
  if (bytes.subarray(0, sampleBytes).includes(0)) return undefined;
  const text = new TextDecoder("utf-8").decode(bytes, { stream: isCut });
  const wrong = text.slice(0, sampleBytes).split("\ufffd").length - 1;
  return wrong > mostWrongCharacters ? new TextDecoder("windows-1252").decode(bytes) : text;
}
