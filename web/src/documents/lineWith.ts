/** Where the first line begins that matches, for a pattern that begins with the line break before it. */
export function lineWith(text: string, pattern: RegExp): number | undefined {
  const at = text.search(pattern);
  return at < 0 ? undefined : at + 1;
}
