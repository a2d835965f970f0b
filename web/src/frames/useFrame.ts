import { useEffect, useRef, useState } from "react";
import type { Address } from "./address";
import type { Picture } from "./decode/picture";
import type { Together } from "./decode/together";
import type { Mask } from "./detector/mask";
import type { Series } from "./series";

export interface ShownFrame {
  number: number;
  channel: string;
  picture: Picture;
  /** How several frames became this picture; undefined for one frame. */
  how: Together | undefined;
}

/**
 * A frame, unpacked. The one before stays until the next one is there. Before the first, a smaller picture that the server made (`sightBin`)
 * is shown: it is there sooner than the frame.
 */
export function useFrame(
  series: Series | undefined,
  number: number,
  channel: string,
  bin: number,
  sightBin: number,
  together: Address["together"],
  mask: Mask | undefined,
): { shown: ShownFrame | undefined; error: unknown; isLoading: boolean; retry: () => void } {
  const [attempt, setAttempt] = useState(0);
  const hasShown = useRef(false);
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
    const show = (picture: Picture, isLoading: boolean) => {
      if (!control.signal.aborted)
        setState({ shown: { number, channel, picture, how: together?.how }, error: undefined, isLoading });
    };
    const read = async () => {
      if (together)
        return show(await series.together(together.how, number, together.count, channel, control.signal), false);
      if (!hasShown.current && sightBin > bin)
        show(await series.frame(number, channel, sightBin, control.signal), true);
      hasShown.current = true;
      show(await series.frame(number, channel, bin, control.signal), false);
    };
    read().catch((error: unknown) => {
      if (!control.signal.aborted) setState((before) => ({ ...before, error, isLoading: false }));
    });
    return () => control.abort();
  }, [series, number, channel, bin, together?.how, together?.count, mask, attempt]);
  return { ...state, retry: () => setAttempt((before) => before + 1) };
}
