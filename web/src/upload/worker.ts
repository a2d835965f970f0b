/// <reference lib="webworker" />
import { FileHasher } from "./hashing";
import type { WorkerAnswer, WorkerRequest } from "./messages";
import { StreamUpload, UploadRefused } from "./streamUpload";

// Hashes files, and uploads the large ones while they are hashed, beside the page: it stays smooth.
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
        ? await hasher.hash(file, (bytes) => answer({ kind: "progress", id, hashed: bytes, sent: 0 }), control.signal)
        : await new StreamUpload(file, request.url, request.headers, hasher, control.signal, (hashed, sent) =>
            answer({ kind: "progress", id, hashed, sent }),
          ).run();
    answer({ kind: "done", id, hash });
  } catch (error) {
    answer({ kind: "failed", id, ...explain(error) });
  } finally {
    running.delete(id);
  }
}

function explain(error: unknown): Pick<Extract<WorkerAnswer, { kind: "failed" }>, "reason" | "status" | "message"> {
  if (error instanceof UploadRefused) return { reason: "refused", status: error.status, message: error.message };
  const name = error instanceof Error ? error.name : "";
  const message = error instanceof Error ? error.message : String(error);
  if (name === "AbortError") return { reason: "stopped", status: 0, message };
  if (name === "NotReadableError" || name === "NotFoundError") return { reason: "changed", status: 0, message };
  return { reason: "network", status: 0, message };
}

function answer(message: WorkerAnswer): void {
  scope.postMessage(message);
}
