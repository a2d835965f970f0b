import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { feelPulse, ping, pong } from "../src/work/pulse";

/** A worker that answers while it listens. */
class Reader extends EventTarget {
  listens = true;
  postMessage(words: unknown): void {
    if (this.listens && words === ping) this.dispatchEvent(new MessageEvent("message", { data: pong }));
  }
}

describe("a worker whose pulse is felt", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const watch = (reader: Reader) => {
    const lost = vi.fn();
    const control = new AbortController();
    feelPulse(reader as unknown as Worker, control.signal, 10, lost);
    return { lost, control };
  };

  test("is left alone while it listens, however long it takes", () => {
    const { lost } = watch(new Reader());
    vi.advanceTimersByTime(3_600_000);
    expect(lost).not.toHaveBeenCalled();
  });
  test("is given up when it has not listened for ten seconds, once", () => {
    const reader = new Reader();
    const { lost } = watch(reader);
    reader.listens = false;
    vi.advanceTimersByTime(9_000);
    expect(lost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(lost).toHaveBeenCalledTimes(1);
  });
  test("may take long to come", () => {
    const reader = new Reader();
    reader.listens = false;
    const { lost } = watch(reader);
    vi.advanceTimersByTime(120_000);
    expect(lost).not.toHaveBeenCalled();
  });
  test("is not felt any more when nobody looks", () => {
    const reader = new Reader();
    const { lost, control } = watch(reader);
    control.abort();
    reader.listens = false;
    vi.advanceTimersByTime(60_000);
    expect(lost).not.toHaveBeenCalled();
  });
});
