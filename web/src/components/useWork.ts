import { type FormEvent, useCallback, useMemo, useState } from "react";

/** Something that a person asked for: whether it is being done, and why it was not. */
export interface Work {
  error: unknown;
  isBusy: boolean;
  /** Does it. Answers whether it was done; what went wrong stands in `error`. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  /** Does it when a form is sent. */
  onSubmit: (work: () => Promise<unknown>) => (event: FormEvent) => void;
  /** Forgets what went wrong. */
  clear: () => void;
}

/** The state of a button or a form that asks the server for something. */
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
