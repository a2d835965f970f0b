import { upload as t } from "../messages/en";
import type { Failure, WorkerAnswer, WorkerRequest } from "./messages";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Task = Without<Exclude<WorkerRequest, { kind: "stop" }>, "id">;

/** A worker failed. */
export class WorkFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

interface Job {
  task: Task;
  signal: AbortSignal;
  onProgress: (left: number, seen: number) => void;
  resolve: (hash: string) => void;
  reject: (error: unknown) => void;
}

/** A pool of workers with a queue. */
export class WorkerPool {
  readonly #idle: Worker[] = [];
  readonly #queue: Job[] = [];
  #count = 0;
  #ids = 0;

  constructor(readonly size: number) {}

  /** Resolves to the hash of the file. */
  run(task: Task, signal: AbortSignal, onProgress: Job["onProgress"] = () => undefined): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, signal, onProgress, resolve, reject });
      this.#next();
    });
  }

  close(): void {
    for (const worker of this.#idle.splice(0)) worker.terminate();
    this.#count = 0;
  }

  #next(): void {
    if (this.#idle.length === 0 && this.#count < this.size) {
      this.#count++;
      this.#idle.push(new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hutch-upload" }));
    }
    if (this.#queue.length === 0) return;
    const worker = this.#idle.pop();
    const job = worker && this.#queue.shift();
    if (!worker || !job) return;
    if (job.signal.aborted) {
      this.#idle.push(worker);
      job.reject(job.signal.reason);
      this.#next();
      return;
    }
    this.#give(worker, job);
  }

  #give(worker: Worker, job: Job): void {
    const id = ++this.#ids;
    const stop = () => worker.postMessage({ kind: "stop", id } satisfies WorkerRequest);
    const end = () => {
      job.signal.removeEventListener("abort", stop);
      worker.onmessage = null;
      worker.onerror = null;
      this.#idle.push(worker);
      this.#next();
    };
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      if (data.id !== id) return;
      if (data.kind === "progress") {
        job.onProgress(data.left, data.seen);
        return;
      }
      end();
      if (data.kind === "done") job.resolve(data.hash);
      else job.reject(new WorkFailed(data));
    };
    worker.onerror = (event) => {
      end();
      job.reject(new Error(event.message || t.theUploadWorkerCouldNotStart));
    };
    job.signal.addEventListener("abort", stop, { once: true });
    worker.postMessage({ ...job.task, id } as WorkerRequest);
  }
}
