/** Without a note of what was seen, what is older than this is not new. */
const newDays = 7;

const keyOf = (user: string) => `hutch.seen.${user}`;

/** The time of the newest notification that a user saw in this browser. */
export function keptSeen(user: string, now = new Date()): string {
  const usual = new Date(now.getTime() - newDays * 86_400_000).toISOString();
  try {
    return localStorage.getItem(keyOf(user)) ?? usual;
  } catch {
    return usual;
  }
}

export function keepSeen(user: string, time: string): void {
  try {
    localStorage.setItem(keyOf(user), time);
  } catch {
    // Without room in the storage it is new again after a reload.
  }
}

/** How many are newer than the last that was seen. */
export function unreadSince(notices: readonly { time: string }[], seen: string): number {
  return notices.filter(({ time }) => Date.parse(time) > Date.parse(seen)).length;
}

/** The dataset that a text leads to; without an address of the portal, the text has only the path. */
export function datasetIn(text: string): string | undefined {
  return /\bdatasets\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.exec(text)?.[1];
}
