import { work as t } from "../messages/en";

/** What a worker answers: what was asked for, or why not. */
export type Reply<Answer> = { answer: Answer } | { error: string };

/** Asks a worker one question, and ends it: with the answer, after so many seconds, or when nobody waits any more. */
export function ask<Answer>(
  start: () => Worker,
  question: unknown,
  seconds: number,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const worker = start();
    const end = () => {
      window.clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      worker.terminate();
    };
    const fail = (words: string) => {
      end();
      reject(new Error(words));
    };
    const onAbort = () => fail(t.theRequestWasCancelled);
    const timer = window.setTimeout(() => fail(t.itTakesLongerThanSecondsTo(seconds)), seconds * 1000);
    signal.addEventListener("abort", onAbort);
    worker.onerror = (event) => fail(event.message || t.theWorkerCouldNotStart);
    worker.onmessage = ({ data }: MessageEvent<Reply<Answer>>) => {
      end();
      if ("answer" in data) resolve(data.answer);
      else reject(new Error(data.error));
    };
    worker.postMessage(question);
  });
}
