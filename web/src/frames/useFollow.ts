import { useCallback, useEffect, useRef, useState } from "react";
import type { Address } from "./address";
import { newestFrame, onNewFrames } from "./newest";

interface Follow {
  error: unknown;
  /** To be called when a frame is seen, or cannot be. */
  onSettled: (frame: number) => void;
}

/**
 * While it is asked for, shows the newest frame, and newer ones as they are stored. The next one waits until the one before is seen: of a
 * detector that is faster than the browser, some are left out.
 */
export function useFollow(dataset: string, address: Address, onAddress: (change: Partial<Address>) => void): Follow {
  const [error, setError] = useState<unknown>();
  const { follow, channel } = address;
  const latest = useRef({ frame: address.frame, onAddress });
  latest.current = { frame: address.frame, onAddress };
  const newest = useRef(0);
  const awaited = useRef<number>();
  const advance = useCallback(() => {
    const { frame, onAddress } = latest.current;
    if (awaited.current !== undefined || newest.current === 0 || newest.current === frame) return;
    awaited.current = newest.current;
    onAddress({ frame: newest.current });
  }, []);
  const onSettled = useCallback(
    (frame: number) => {
      if (awaited.current !== frame) return;
      awaited.current = undefined;
      advance();
    },
    [advance],
  );
  useEffect(() => {
    setError(undefined);
    newest.current = 0;
    awaited.current = undefined;
    if (!follow) return;
    let isOver = false;
    const tell = (frame: number) => {
      if (isOver || frame <= newest.current) return;
      newest.current = frame;
      advance();
    };
    const search = () =>
      void newestFrame(dataset, channel).then(
        (frame) => frame !== undefined && tell(frame),
        (problem: unknown) => !isOver && setError(problem),
      );
    const stop = onNewFrames(dataset, channel, tell, search);
    search();
    return () => {
      isOver = true;
      stop();
      newest.current = 0;
    };
  }, [dataset, channel, follow, advance]);
  return { error, onSettled };
}
