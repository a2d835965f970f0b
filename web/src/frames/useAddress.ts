import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { type Address, readAddress, writeAddress } from "./address";

/** Browsers refuse a page that changes its address too often. */
const settleMs = 250;

/** What is seen, kept in the address of the page: it follows what is seen after a moment, and what is seen follows it at once. */
export function useAddress(): [Address, (change: Partial<Address>) => void] {
  const [search, setSearch] = useSearchParams();
  const [address, setAddress] = useState(() => readAddress(search));
  const latest = useRef(address);
  const written = useRef(String(search));
  const timer = useRef<number>();
  // The page got another address by other hands, such as the button Back.
  useEffect(() => {
    if (String(search) === written.current) return;
    written.current = String(search);
    window.clearTimeout(timer.current);
    latest.current = readAddress(search);
    setAddress(latest.current);
  }, [search]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const onAddress = useCallback(
    (change: Partial<Address>) => {
      latest.current = { ...latest.current, ...change };
      setAddress(latest.current);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        setSearch(
          (before) => {
            const next = writeAddress(latest.current, before);
            written.current = String(next);
            return next;
          },
          { replace: true },
        );
      }, settleMs);
    },
    [setSearch],
  );
  return [address, onAddress];
}
