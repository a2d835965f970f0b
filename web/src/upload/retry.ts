import { ApiProblem, describeProblem } from "../api/problem";

const firstWaitMs = 500;
const longestWaitMs = 15_000;

/** Waits for a time, or until the network is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", end);
      signal.removeEventListener("abort", stop);
      resolve();
    };
    const stop = () => {
      end();
      reject(signal.reason);
    };
    const timer = window.setTimeout(end, ms);
    window.addEventListener("online", end);
    signal.addEventListener("abort", stop);
  });
}

/** Retries an idempotent operation with exponential backoff until it succeeds or fails for good. */
export async function withRetry<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  onWait: (problem: ApiProblem | undefined) => void,
): Promise<T> {
  for (let wait = firstWaitMs; ; wait = Math.min(wait * 2, longestWaitMs)) {
    signal.throwIfAborted();
    try {
      const result = await work();
      onWait(undefined);
      return result;
    } catch (error) {
      const problem = describeProblem(error);
      if (signal.aborted || !(error instanceof ApiProblem) || !problem.isTransient) throw error;
      onWait(problem);
      await pause(wait, signal);
    }
  }
}
