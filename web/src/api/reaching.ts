/** Whether the server answers: what waits for it, and when it is back after it could not be reached. */

const firstProbeMs = 1_000;
const longestProbeMs = 10_000;
const probeTimeoutMs = 5_000;

let waiting = 0;
const watching = new Set<() => void>();
const hoping = new Set<() => void>();
let probe: ReturnType<typeof setTimeout> | undefined;

/** Counts a request as waiting until the server begins to answer. */
export async function whileWaiting<T>(request: Promise<T>): Promise<T> {
  change(1);
  try {
    return await request;
  } finally {
    change(-1);
  }
}

/** How many requests wait for the server to begin its answer. */
export function requestsWaiting(): number {
  return waiting;
}

/** Calls back when that number changes; returns the unsubscribe function. */
export function onWaiting(changed: () => void): () => void {
  watching.add(changed);
  return () => watching.delete(changed);
}

/** Calls back when the server answers again after it could not be reached; returns the unsubscribe function. */
export function onServerBack(back: () => void): () => void {
  hoping.add(back);
  return () => hoping.delete(back);
}

/** A request failed as if the server was not there: asks it from now on until it answers. */
export function noteUnreachable(): void {
  if (probe === undefined) askLater(firstProbeMs);
}

function askLater(wait: number): void {
  const ask = async () => {
    globalThis.removeEventListener("online", now);
    if (await answers()) {
      probe = undefined;
      for (const back of [...hoping]) back();
    } else askLater(Math.min(wait * 2, longestProbeMs));
  };
  const now = () => {
    clearTimeout(probe);
    void ask();
  };
  probe = setTimeout(ask, wait);
  globalThis.addEventListener("online", now, { once: true });
}

async function answers(): Promise<boolean> {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), probeTimeoutMs);
  try {
    return (await fetch(new URL("api/v1/", document.baseURI), { signal: control.signal, cache: "no-store" })).ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function change(step: number): void {
  waiting += step;
  for (const changed of watching) changed();
}
