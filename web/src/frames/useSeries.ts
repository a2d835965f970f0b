import { useEffect, useState } from "react";
import type { Mask } from "./detector/mask";
import { Series } from "./series";

/** The frames of a dataset, or why they cannot be read. */
export function useSeries(dataset: string, at: string | undefined): { series: Series | undefined; error: unknown } {
  const [state, setState] = useState<{ series: Series | undefined; error: unknown }>({
    series: undefined,
    error: undefined,
  });
  useEffect(() => {
    const control = new AbortController();
    let opened: Series | undefined;
    setState({ series: undefined, error: undefined });
    Series.open(dataset, at, control.signal).then(
      (series) => {
        opened = series;
        if (control.signal.aborted) series.close();
        else setState({ series, error: undefined });
      },
      (error: unknown) => {
        if (!control.signal.aborted) setState({ series: undefined, error });
      },
    );
    return () => {
      control.abort();
      opened?.close();
    };
  }, [dataset, at]);
  return state;
}

/** The mask of the detector, read once the first frame can be seen: it is larger than a frame. */
export function useMask(series: Series | undefined, isOn: boolean): { mask: Mask | undefined; error: unknown } {
  const [state, setState] = useState<{ mask: Mask | undefined; error: unknown }>({ mask: undefined, error: undefined });
  useEffect(() => {
    if (!series || !isOn) return;
    const control = new AbortController();
    series.loadMask(control.signal).then(
      (mask) => !control.signal.aborted && setState({ mask, error: undefined }),
      (error: unknown) => !control.signal.aborted && setState({ mask: undefined, error }),
    );
    return () => control.abort();
  }, [series, isOn]);
  return state;
}
