import { tables as t } from "../messages/en";
import { feelPulse, pong } from "../work/pulse";
import type { FromWorker, Opened, Points, Question, Rows, ToWorker } from "./messages";
import type { Format } from "./rows/source";
import type { View } from "./rows/view";

/** A table that keeps its worker busy for longer is given up: two million rows are sorted in a fraction of that. */
const mostSeconds = 30;

/** The file is not what its name says. */
export class NoTable extends Error {}

/** A table in a file, which a worker reads, sorts and searches. */
export class Table {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hutch-table" });
  readonly #waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  readonly #stop = new AbortController();
  #ids = 0;
  #lost: Error | undefined;

  constructor(
    readonly read: (begin: number, length: number, signal: AbortSignal) => Promise<Uint8Array>,
    readonly onProgress: (share: number) => void,
  ) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker | typeof pong>) => this.#hear(data);
    this.#worker.onerror = (event) => this.#lose(event.message || t.theWorkerThatReadsTablesCould);
    feelPulse(this.#worker, this.#stop.signal, mostSeconds, () =>
      this.#lose(t.thisTableKeepsItsReaderBusy(mostSeconds)),
    );
  }

  /** @param table The place of a table of the file. */
  open(format: Format, size: number, table: number): Promise<Opened> {
    return this.#ask({ kind: "open", format, size, table });
  }

  /** Chooses another table of the file. */
  choose(place: number): Promise<Opened> {
    return this.#ask({ kind: "choose", place });
  }

  /** Chooses and orders the rows; tells how many there are. */
  view(view: View): Promise<number> {
    return this.#ask({ kind: "view", view });
  }

  rows(begin: number, end: number): Promise<Rows> {
    return this.#ask({ kind: "rows", begin, end });
  }

  /** The rows that are seen as a file of comma-separated values. */
  save(): Promise<Blob> {
    return this.#ask({ kind: "save" });
  }

  /** One column by another, or by the place in the file. */
  plot(x: number | undefined, y: number, most: number): Promise<Points> {
    return this.#ask({ kind: "plot", x, y, most });
  }

  close(): void {
    this.#lose(t.theViewerWasClosed);
  }

  #ask<T>(question: Question): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#lost) return reject(this.#lost);
      const id = ++this.#ids;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, question } satisfies ToWorker);
    });
  }

  /** There is no worker any more: whoever asks, now or later, hears why. */
  #lose(words: string): void {
    this.#stop.abort();
    this.#worker.terminate();
    this.#lost ??= new NoTable(words);
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
    this.#waiting.clear();
  }

  #hear(message: FromWorker | typeof pong): void {
    if (message === pong) return;
    if ("progress" in message) this.onProgress(message.progress);
    else if ("read" in message) void this.#send(message.read, message.begin, message.length);
    else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ("answer" in message) waiting?.resolve(message.answer as never);
      else waiting?.reject(message.isNoTable ? new NoTable(message.error) : new Error(message.error));
    }
  }

  async #send(read: number, begin: number, length: number): Promise<void> {
    try {
      const bytes = await this.read(begin, length, this.#stop.signal);
      this.#worker.postMessage({ read, bytes } satisfies ToWorker, [bytes.buffer]);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const words = error instanceof Error ? error.message : String(error);
      this.#worker.postMessage({ read, error: words } satisfies ToWorker);
    }
  }
}
