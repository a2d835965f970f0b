import { type FormEvent, useCallback, useMemo, useState } from "react";

/** An action in progress and its error. */
export interface Work {
  error: unknown;
  isBusy: boolean;
  /** Runs it. Resolves to whether it succeeded; otherwise `error` is set. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  /** Runs it when a form is submitted. */
  onSubmit: (work: () => Promise<unknown>) => (event: FormEvent) => void;
  /** Clears the error. */
  clear: () => void;
}

/** State of a button or form that calls the server. */
export function useWork(before?: unknown): Work {
  const [error, setError] = useState(before);
  const [isBusy, setBusy] = useState(false);
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return useMemo(
    () => ({
      error,
      isBusy,
      run,
      clear,
      onSubmit: (work) => (event) => {
        event.preventDefault();
        void run(work);
      },
    }),
    [error, isBusy, run, clear],
  );
}
