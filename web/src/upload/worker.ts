/// <reference lib="webworker" />
import { ApiProblem } from "../api/problem";
import { FileHasher } from "./hashing";
import type { Failure, WorkerAnswer, WorkerRequest } from "./messages";
import { StreamUpload } from "./streamUpload";

// Hashes files and uploads large ones off the main thread.
const scope = self as unknown as DedicatedWorkerGlobalScope;
const hasher = new FileHasher();
const running = new Map<number, AbortController>();

scope.onmessage = ({ data }: MessageEvent<WorkerRequest>) => {
  if (data.kind === "stop") running.get(data.id)?.abort();
  else void work(data);
};

async function work(request: Exclude<WorkerRequest, { kind: "stop" }>): Promise<void> {
  const { id, file } = request;
  const control = new AbortController();
  running.set(id, control);
  try {
    const hash =
      request.kind === "hash"
        ? await hasher.hash(file, control.signal)
        : await new StreamUpload(
            file,
            request.url,
            request.headers,
            request.seen,
            request.parts,
            control.signal,
            (left, seen) => answer({ kind: "progress", id, left, seen }),
          ).run();
    answer({ kind: "done", id, hash });
  } catch (error) {
    answer({ kind: "failed", id, ...explain(error) });
  } finally {
    control.abort();
    running.delete(id);
  }
}

function explain(error: unknown): Failure {
  if (error instanceof ApiProblem) {
    const { status, code, message, advice, requestId, details } = error;
    return { reason: "refused", status, code, message, advice, requestId, details };
  }
  const name = error instanceof Error ? error.name : "";
  const message = error instanceof Error ? error.message : String(error);
  if (name === "AbortError") return { reason: "stopped", message };
  if (name === "NotReadableError" || name === "NotFoundError") return { reason: "changed", message };
  return { reason: "network", message };
}

function answer(message: WorkerAnswer): void {
  scope.postMessage(message);
}
