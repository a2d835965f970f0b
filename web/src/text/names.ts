import { locale } from "./format";

const names = new Intl.Collator(locale, { numeric: true });

/** Compares names as people order them: `frame2` before `frame10`. */
export function compareNames(a: string, b: string): number {
  return names.compare(a, b);
}
