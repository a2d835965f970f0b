import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";

/** Browsers refuse a page that changes its address too often. */
const settleMs = 250;

/**
 * Tells the addresses that a page wrote from those that it got by other hands, such as the button Back. The page sees what it wrote a moment
 * later, maybe when it has written the next one already.
 */
export class WrittenAddresses {
  #seen: string;
  #coming: string[] = [];

  constructor(seen: string) {
    this.#seen = seen;
  }

  /** The page writes an address. */
  write(address: string): void {
    // An address that stays as it is does not come again.
    if (address !== (this.#coming.at(-1) ?? this.#seen)) this.#coming.push(address);
  }

  /** The page has an address: whether it came by other hands. */
  isForeign(address: string): boolean {
    if (address === this.#seen) return false;
    this.#seen = address;
    const place = this.#coming.indexOf(address);
    // Those before it were passed over.
    this.#coming = place < 0 ? [] : this.#coming.slice(place + 1);
    return place < 0;
  }
}

/**
 * What is seen, kept in the address of the page: it follows what is seen after a moment, and what is seen follows it at once.
 * `read` and `write` must stay the same.
 */
export function useAddressState<T extends object>(
  read: (search: URLSearchParams) => T,
  write: (state: T, before: URLSearchParams) => URLSearchParams,
): [T, (change: Partial<T>) => void] {
  const [search, setSearch] = useSearchParams();
  // The router makes a new one for each address: what depends on it, such as a stage of WebGL, would be made again.
  const newest = useRef(setSearch);
  newest.current = setSearch;
  const [address, setAddress] = useState(() => read(search));
  const latest = useRef(address);
  const [written] = useState(() => new WrittenAddresses(String(search)));
  const timer = useRef<number>();
  useEffect(() => {
    if (!written.isForeign(String(search))) return;
    window.clearTimeout(timer.current);
    latest.current = read(search);
    setAddress(latest.current);
  }, [search, read, written]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const onAddress = useCallback(
    (change: Partial<T>) => {
      latest.current = { ...latest.current, ...change };
      setAddress(latest.current);
      window.clearTimeout(timer.current);
      const page = window.location.pathname;
      timer.current = window.setTimeout(() => {
        // Another page is on its way, and this one is seen until its code is loaded: an address of this one would bring it back.
        if (window.location.pathname !== page) return;
        newest.current(
          (before) => {
            const next = write(latest.current, before);
            written.write(String(next));
            return next;
          },
          { replace: true },
        );
      }, settleMs);
    },
    [write, written],
  );
  return [address, onAddress];
}
