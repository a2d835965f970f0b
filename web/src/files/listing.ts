import { api, must } from "../api/client";
import { mergeRows, type Row } from "./rows";

interface Page {
  /** Index of its first row. */
  start: number;
  count: number;
  /** The cursor that fetches it again. */
  after: string | undefined;
  rows: Row[] | undefined;
  usedAt: number;
}

/** A folder of a version, filtered by a part of the names. */
export interface Folder {
  dataset: string;
  at: string | undefined;
  /** Empty for the root, else ends in a slash. */
  prefix: string;
  /** Only names with this part. */
  part: string;
  /** Those of all folders below, too. */
  isDeep?: boolean;
}

const firstPage = 1000;
const nextPages = 5000;
/** Folders up to this size are loaded as a whole, so that they can be sorted. */
const mostSorted = 10_000;
const pagesKept = 24;

/**
 * A folder of any size, loaded page by page. The least recently used pages are evicted and fetched again when needed, so that memory does
 * not grow with the folder.
 */
export class Listing {
  readonly #pages: Page[] = [];
  readonly #changed: () => void;
  #all: Row[] | undefined;
  #next: string | undefined;
  #loading: Promise<void> | undefined;
  #clock = 0;
  #closed = false;
  readonly #control = new AbortController();
  isComplete = false;
  error: unknown;

  constructor(
    readonly folder: Folder,
    changed: () => void,
  ) {
    this.#changed = changed;
  }

  /** Rows loaded so far, evicted ones included. */
  get count(): number {
    const last = this.#pages.at(-1);
    return last ? last.start + last.count : 0;
  }

  /** The row at an index; undefined while it loads. */
  get(index: number): Row | undefined {
    const page = this.#pageOf(index);
    if (!page) return undefined;
    page.usedAt = ++this.#clock;
    return page.rows?.[index - page.start];
  }

  /** The first rows, in the server's order. */
  get first(): Row[] | undefined {
    return this.#pages[0]?.rows;
  }

  /** All rows, if they are few enough to sort. The same array as long as nothing was loaded. */
  get all(): Row[] | undefined {
    if (!this.isComplete || this.count > mostSorted) return undefined;
    this.#all ??= this.#pages.flatMap((page) => page.rows ?? []);
    return this.#all;
  }

  /** Loads these rows unless they are there. */
  want(first: number, last: number): void {
    if (this.#loading || this.#closed || this.error !== undefined) return;
    const lost = this.#pages.find((page) => page.start <= last && page.start + page.count > first && !page.rows);
    if (lost) {
      this.#run(async () => {
        lost.rows = (await this.#fetch(lost.after, lost.count)).rows;
        lost.usedAt = ++this.#clock;
      });
    } else if (!this.isComplete && (this.count < mostSorted || last >= this.count - firstPage / 2)) {
      this.#run(() => this.#append());
    }
  }

  retry(): void {
    this.error = undefined;
    this.#changed();
    this.want(0, 0);
  }

  close(): void {
    this.#closed = true;
    this.#control.abort();
  }

  async #append(): Promise<void> {
    const after = this.#next;
    const { rows, next } = await this.#fetch(after, this.#pages.length === 0 ? firstPage : nextPages);
    this.#pages.push({ start: this.count, count: rows.length, after, rows, usedAt: ++this.#clock });
    this.#next = next;
    this.isComplete = next === undefined;
  }

  async #fetch(after: string | undefined, limit: number): Promise<{ rows: Row[]; next: string | undefined }> {
    const { dataset, at, prefix, part, isDeep } = this.folder;
    const page = await must(
      api.GET("/datasets/{id}/tree", {
        signal: this.#control.signal,
        params: {
          path: { id: dataset },
          query: {
            at,
            prefix: prefix || undefined,
            contains: part || undefined,
            delimiter: isDeep ? undefined : "/",
            after,
            limit,
          },
        },
      }),
    );
    return { rows: mergeRows(page.prefixes ?? [], page.items ?? [], prefix.length), next: page.next ?? undefined };
  }

  #run(work: () => Promise<void>): void {
    this.#loading = work()
      .catch((error: unknown) => {
        this.error = error;
      })
      .finally(() => {
        this.#loading = undefined;
        this.#evict();
        if (this.#closed) return;
        this.#changed();
        // On to the end of a folder that can be sorted, or to the first rows that a filter finds.
        this.want(0, 0);
      });
  }

  #evict(): void {
    const kept = this.#pages.filter((page) => page.rows);
    if (kept.length <= pagesKept) return;
    kept.sort((a, b) => a.usedAt - b.usedAt);
    for (const page of kept.slice(0, kept.length - pagesKept)) page.rows = undefined;
  }

  #pageOf(index: number): Page | undefined {
    let low = 0;
    let high = this.#pages.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const page = this.#pages[middle] as Page;
      if (index < page.start) high = middle - 1;
      else if (index >= page.start + page.count) low = middle + 1;
      else return page;
    }
    return undefined;
  }
}
