import { useEffect, useReducer, useRef } from "react";
import { apiRoot } from "../api/base";
import { type LinesEnd, readLines } from "../api/lines";
import { type ResultRow, Rows } from "./rows";

interface Results {
  rows: Rows;
  end: LinesEnd | undefined;
  isLoading: boolean;
  error: unknown;
  retry: () => void;
}

const pauseMs = 250;

/** The rows of a run, kept up to date: on an event of the server only the new rows are fetched. */
export function useResults(dataset: string, run: string): Results {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [attempt, retry] = useReducer((n: number) => n + 1, 0);
  const state = useRef({
    rows: new Rows(),
    end: undefined as LinesEnd | undefined,
    error: undefined as unknown,
    isLoading: true,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry starts over
  useEffect(() => {
    const control = new AbortController();
    const mine = {
      rows: new Rows(),
      end: undefined as LinesEnd | undefined,
      error: undefined as unknown,
      isLoading: true,
    };
    state.current = mine;
    let timer: number | undefined;
    let isReading = false;
    let isStale = false;

    const read = async () => {
      if (isReading) {
        isStale = true;
        return;
      }
      isReading = true;
      try {
        do {
          isStale = false;
          const query = new URLSearchParams({ run, after: String(mine.rows.count) });
          mine.end = await readLines<ResultRow>(
            `${apiRoot}/datasets/${dataset}/results?${query}`,
            (row) => void mine.rows.add(row),
            { signal: control.signal },
          );
        } while (isStale);
        mine.error = undefined;
      } catch (error) {
        if (control.signal.aborted) return;
        mine.error = error;
      } finally {
        isReading = false;
        mine.isLoading = false;
        if (!control.signal.aborted) redraw();
      }
    };

    const soon = () => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void read();
      }, pauseMs);
    };
    const source = new EventSource(`${apiRoot}/events?dataset=${encodeURIComponent(dataset)}`);
    for (const kind of ["result.row", "run.finished", "snapshot.taken"]) source.addEventListener(kind, soon);
    // Rows may have arrived before the connection was open.
    source.onopen = soon;
    void read();
    return () => {
      control.abort();
      window.clearTimeout(timer);
      source.close();
    };
  }, [dataset, run, attempt]);

  return { ...state.current, retry };
}
