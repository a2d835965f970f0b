import { useEffect, useRef, useState } from "react";
import type { Address } from "./address";
import { newestFrame, onNewFrames } from "./newest";

/** While it is asked for, shows the newest frame, and each new one when it is stored. */
export function useFollow(dataset: string, address: Address, onAddress: (change: Partial<Address>) => void): unknown {
  const [error, setError] = useState<unknown>();
  const { follow, channel } = address;
  const show = useRef(onAddress);
  show.current = onAddress;
  useEffect(() => {
    setError(undefined);
    if (!follow) return;
    let newest = 0;
    let isOver = false;
    const tell = (frame: number) => {
      if (isOver || frame <= newest) return;
      newest = frame;
      show.current({ frame });
    };
    // The events first: what is stored while the newest is searched is told too.
    const stop = onNewFrames(dataset, channel, tell);
    newestFrame(dataset, channel).then(
      (frame) => frame !== undefined && tell(frame),
      (problem: unknown) => !isOver && setError(problem),
    );
    return () => {
      isOver = true;
      stop();
    };
  }, [dataset, channel, follow]);
  return error;
}
