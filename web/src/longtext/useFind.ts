import { useEffect, useRef, useState } from "react";
import { describeProblem } from "../api/problem";
import { longtext as t } from "../messages/en";
import { findInFile, Needle, type Read } from "./find";

/** Where a text was found, in bytes. */
export interface Found {
  begin: number;
  length: number;
}

/** Looks for a text in a file; a new search ends the one before. `status` says how far it is, or that there is no more. */
export function useFind(read: Read, size: number, onFound: (found: Found) => void) {
  const [status, setStatus] = useState("");
  const control = useRef<AbortController>();
  useEffect(() => () => control.current?.abort(), []);
  const find = async (text: string, isBackwards: boolean, last: Found | undefined, place: number) => {
    control.current?.abort();
    control.current = new AbortController();
    const { signal } = control.current;
    const needle = new Needle(text);
    // From the match on, which is not found again.
    const from = last ? (isBackwards ? last.begin + needle.length - 1 : last.begin + 1) : place;
    const say = (words: string) => signal.aborted || setStatus(words);
    say(t.searching);
    try {
      const begin = await findInFile(
        read,
        size,
        needle,
        { from: Math.min(size, Math.max(0, from)), isBackwards },
        signal,
        (share) => say(t.searching2(Math.floor(share * 100))),
      );
      if (signal.aborted) return;
      if (begin !== undefined) onFound({ begin, length: needle.length });
      say(begin === undefined ? (isBackwards ? t.notFoundBeforeThisPlace : t.notFoundAfterThisPlace) : "");
    } catch (error) {
      say(t.theSearchEnded(describeProblem(error).message));
    }
  };
  return { find: (...all: Parameters<typeof find>) => void find(...all), status };
}
