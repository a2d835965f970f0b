/** Without a time in the answer. */
const usualSeconds = 10;
const longestSeconds = 3600;

/**
 * After how many milliseconds a picture that did not load is asked for again; undefined: it has none. An element of a picture does not
 * say why it failed, so this is read from another answer for the same address.
 */
export function pauseAfter(answer: Pick<Response, "status" | "headers">): number | undefined {
  if (answer.status === 200) return 0;
  if (![202, 429, 502, 503, 504].includes(answer.status)) return undefined;
  const said = Number(answer.headers.get("retry-after") ?? usualSeconds);
  return Math.min(Math.max(Number.isFinite(said) ? said : usualSeconds, 1), longestSeconds) * 1000;
}
