/** Names at the top of a session's folder. */
const signs = /^(EpuSession\.dm|Images-Disc\d+\/|Atlas\/|.*\.mdoc|.*\.nav)$/;

/** Whether one of the names at the top is that of a session. */
export function hasSign(names: readonly string[]): boolean {
  return names.some((name) => signs.test(name));
}
