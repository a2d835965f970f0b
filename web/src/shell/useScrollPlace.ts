import { useLayoutEffect, useRef } from "react";
import { useLocation, useNavigationType } from "react-router";
import { keepPlace, keptPlace } from "../components/places";

const name = "window";
/** A page that is not long enough by then has become another one. */
const waitMs = 5000;

/** The page, without what is seen inside it: a tab of a dataset is the page of that dataset. */
export function pageOf(pathname: string): string {
  return pathname.split("/").slice(0, 3).join("/");
}

/** A new page begins at its top; Back and Forward show a page where it was. */
export function useScrollPlace(): void {
  const { key, pathname } = useLocation();
  const how = useNavigationType();
  const before = useRef(pathname);
  useLayoutEffect(() => {
    const isOther = pageOf(pathname) !== pageOf(before.current);
    before.current = pathname;
    const kept = how === "POP" ? keptPlace(key, name) : undefined;
    if (kept === undefined && isOther) window.scrollTo({ top: 0 });
    const stop = kept === undefined ? undefined : scrollWhenLong(kept);
    // While a page grows to its former length, its scroll position is not final, and is not saved.
    const onScroll = () => stop?.isWaiting() || keepPlace(key, name, window.scrollY);
    if (!stop) keepPlace(key, name, window.scrollY);
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      stop?.end();
      window.removeEventListener("scroll", onScroll);
    };
  }, [key, pathname, how]);
}

/** Scrolls as soon as the page is long enough, unless its reader scrolls before. */
function scrollWhenLong(top: number): { isWaiting: () => boolean; end: () => void } {
  let isWaiting = true;
  const own = ["wheel", "touchstart", "keydown", "pointerdown"];
  const end = () => {
    isWaiting = false;
    observer.disconnect();
    window.clearTimeout(timer);
    for (const kind of own) window.removeEventListener(kind, end);
  };
  const look = () => {
    window.scrollTo({ top });
    if (Math.abs(window.scrollY - top) < 2) end();
  };
  const observer = new ResizeObserver(look);
  observer.observe(document.body);
  const timer = window.setTimeout(end, waitMs);
  for (const kind of own) window.addEventListener(kind, end, { passive: true });
  look();
  return { isWaiting: () => isWaiting, end };
}
