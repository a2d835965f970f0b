import { useEffect, useState } from "react";
import type { Picture } from "./decode/picture";
import type { Mask } from "./detector/mask";
import type { Series } from "./series";

export interface ShownFrame {
  number: number;
  channel: string;
  picture: Picture;
}

/** A frame, unpacked. The one before stays until the next one is there. */
export function useFrame(
  series: Series | undefined,
  number: number,
  channel: string,
  bin: number,
  mask: Mask | undefined,
): { shown: ShownFrame | undefined; error: unknown; isLoading: boolean; retry: () => void } {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<{ shown: ShownFrame | undefined; error: unknown; isLoading: boolean }>({
    shown: undefined,
    error: undefined,
    isLoading: true,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry and a new mask start over
  useEffect(() => {
    if (!series) return;
    const control = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    series.frame(number, channel, bin, control.signal).then(
      (picture) => {
        if (!control.signal.aborted)
          setState({ shown: { number, channel, picture }, error: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (!control.signal.aborted) setState((before) => ({ ...before, error, isLoading: false }));
      },
    );
    return () => control.abort();
  }, [series, number, channel, bin, mask, attempt]);
  return { ...state, retry: () => setAttempt((before) => before + 1) };
}
