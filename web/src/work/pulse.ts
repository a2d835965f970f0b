/** Asks a worker whether it still listens, and what it answers. */
export const ping = "hutch-ping";
export const pong = "hutch-pong";

const everyMs = 1000;
/**
 * Feels the pulse of a worker until `signal` ends it. Time in which it waits for the network is not counted: it listens then.
 * @param mostSeconds A worker that does not listen for so long is busy with something that never ends.
 * @param onLost Told once, when the worker has not listened for too long.
 */
export function feelPulse(worker: Worker, signal: AbortSignal, mostSeconds: number, onLost: () => void): void {
  // Until it has answered once it is on its way, over a slow network maybe.
  let heard: number | undefined;
  let asked = performance.now();
  worker.addEventListener("message", ({ data }) => {
    if (data === pong) heard = performance.now();
  });
  worker.postMessage(ping);
  const timer = setInterval(() => {
    const now = performance.now();
    // A page that was asleep itself has not asked either.
    if (heard !== undefined && now - asked > 3 * everyMs) heard = now;
    asked = now;
    if (heard === undefined || now - heard <= mostSeconds * 1000) {
      worker.postMessage(ping);
      return;
    }
    clearInterval(timer);
    onLost();
  }, everyMs);
  signal.addEventListener("abort", () => clearInterval(timer));
}
