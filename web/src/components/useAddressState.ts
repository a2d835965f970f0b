import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";

/** Browsers refuse a page that changes its address too often. */
const settleMs = 250;

/**
 * What is seen, kept in the address of the page: it follows what is seen after a moment, and what is seen follows it at once.
 * `read` and `write` must stay the same.
 */
export function useAddressState<T extends object>(
  read: (search: URLSearchParams) => T,
  write: (state: T, before: URLSearchParams) => URLSearchParams,
): [T, (change: Partial<T>) => void] {
  const [search, setSearch] = useSearchParams();
  const [address, setAddress] = useState(() => read(search));
  const latest = useRef(address);
  const written = useRef(String(search));
  const timer = useRef<number>();
  // The page got another address by other hands, such as the button Back.
  useEffect(() => {
    if (String(search) === written.current) return;
    written.current = String(search);
    window.clearTimeout(timer.current);
    latest.current = read(search);
    setAddress(latest.current);
  }, [search, read]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const onAddress = useCallback(
    (change: Partial<T>) => {
      latest.current = { ...latest.current, ...change };
      setAddress(latest.current);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        setSearch(
          (before) => {
            const next = write(latest.current, before);
            written.current = String(next);
            return next;
          },
          { replace: true },
        );
      }, settleMs);
    },
    [setSearch, write],
  );
  return [address, onAddress];
}
