import { useEffect, useRef, useState } from "react";
import type { Rows } from "./messages";
import type { Table } from "./Table";

const pageRows = 200;
const keptPages = 20;

interface Row {
  /** Its place in the file. */
  number: number;
  texts: string[];
}

interface Pages {
  /** The row at a place of the view; undefined until it was read. */
  rowAt: (place: number) => Row | undefined;
  /** Why the rows that are looked at could not be read. */
  error: unknown;
  readAgain: () => void;
}

/** Rows by place, which are read by the page as they are looked at. */
export function usePages(table: Pick<Table, "rows">, version: number, begin: number, end: number): Pages {
  const pages = useRef({ version, found: new Map<number, Rows>() });
  const [, setRead] = useState(0);
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState<unknown>();
  const [from, to] = [Math.floor(begin / pageRows), Math.floor(end / pageRows)];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads the missing pages.
  useEffect(() => {
    let isCurrent = true;
    if (pages.current.version !== version) pages.current = { version, found: new Map() };
    const { found } = pages.current;
    setError(undefined);
    for (let page = from; page <= to; page++) {
      if (found.has(page)) continue;
      table.rows(page * pageRows, (page + 1) * pageRows).then(
        (rows) => {
          found.set(page, rows);
          const [oldest] = found.keys();
          if (found.size > keptPages && oldest !== undefined) found.delete(oldest);
          setRead((count) => count + 1);
        },
        (reason: unknown) => isCurrent && setError(reason),
      );
    }
    return () => {
      isCurrent = false;
    };
  }, [table, version, from, to, attempt]);
  const rowAt = (place: number) => {
    const { version: of, found } = pages.current;
    const rows = of === version ? found.get(Math.floor(place / pageRows)) : undefined;
    const number = rows?.numbers[place % pageRows];
    return number === undefined ? undefined : { number, texts: rows?.rows[place % pageRows] ?? [] };
  };
  return { rowAt, error, readAgain: () => setAttempt((count) => count + 1) };
}
