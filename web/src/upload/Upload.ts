import { apiRoot, portalHeader } from "../api/base";
import { api, isCode, must, type Schemas, send, sendOk } from "../api/client";
import { fetchWithProgress } from "../api/fetchWithProgress";
import { readLines } from "../api/lines";
import { ApiProblem, networkProblem } from "../api/problem";
import { waitForLogin } from "../api/relogin";
import { upload as t } from "../messages/en";
import type { ChosenFile } from "./chosen";
import { toHex } from "./hashing";
import { forgetUpload, type KeptHash, type KeptUpload, keepHashes, keepUpload, keptHashes } from "./journal";
import { withRetry } from "./retry";
import { tarOf } from "./tar";
import { WorkerPool, WorkFailed } from "./workers";

type UploadPhase = "running" | "committing" | "asking" | "done" | "failed" | "cancelled";

const largeBytes = 8 * 1024 * 1024;
const batchFiles = 250;
const batchBytes = 32 * 1024 * 1024;
const batchesAtOnce = 2;
/** Parts of large files on their way at a time; a browser has six connections, for everything. */
const partsAtOnce = 2;
const mostCommits = 6;
const workers = Math.min(4, Math.max(2, (navigator.hardwareConcurrency || 2) - 1));

interface Named extends ChosenFile {
  hash: string;
}

/** One upload: hashes the files, sends what the server lacks, and commits all as one version. It resumes where an earlier attempt ended. */
export class Upload {
  phase: UploadPhase = "running";
  error: unknown;
  /** The error it is retrying after. */
  waiting: ApiProblem | undefined;
  bytesDone = 0;
  filesDone = 0;
  snapshot: Schemas["SnapshotInfo"] | undefined;
  /** Files that changed or disappeared while they were read. */
  readonly changed: { path: string; why: string }[] = [];
  readonly startedAt = performance.now();

  readonly #control = new AbortController();
  readonly #named: Named[] = [];
  readonly #pool = new WorkerPool(workers);
  #answer: ((finish: boolean) => void) | undefined;

  constructor(
    readonly kept: KeptUpload,
    readonly chosen: ChosenFile[],
    readonly onChange: () => void,
  ) {}

  get files(): number {
    return this.chosen.length;
  }

  get bytes(): number {
    return this.kept.bytes;
  }

  cancel(): void {
    this.#control.abort(new DOMException(t.theUploadWasCancelled, "AbortError"));
    this.#answer?.(false);
  }

  /** Commits without the files that changed. */
  finishWithout(): void {
    this.#answer?.(true);
  }

  async run(): Promise<void> {
    try {
      await navigator.locks.request(`hutch-upload-${this.kept.id}`, () => this.#all());
    } catch (error) {
      await this.#ended(error);
    } finally {
      this.#pool.close();
      this.onChange();
    }
  }

  async #all(): Promise<void> {
    const known = await keptHashes(this.kept.id);
    await this.#session();
    const small = this.chosen.filter(({ file }) => file.size <= largeBytes);
    const large = this.chosen.filter(({ file }) => file.size > largeBytes);
    await Promise.all([
      inParallel(batches(small), batchesAtOnce, (batch) => this.#sendBatch(batch, known)),
      inParallel(large, partsAtOnce, (file) => this.#sendLarge(file, large.length === 1 ? partsAtOnce : 1)),
    ]);
    if (this.changed.length > 0 && !(await this.#ask())) throw new DOMException(t.theUploadWasCancelled, "AbortError");
    await this.#commit();
  }

  /** Opens a push session, or resumes the saved one. */
  async #session(): Promise<void> {
    if (this.kept.session !== "") {
      const response = await this.#withRetry(() => send(`${apiRoot}/sessions/${this.kept.session}`));
      if (response.ok) return;
    }
    const session = await this.#withRetry(() =>
      must(api.POST("/datasets/{id}/sessions", { params: { path: { id: this.kept.dataset } }, body: {} })),
    );
    this.kept.session = session.id;
    await keepUpload(this.kept);
  }

  async #sendBatch(batch: ChosenFile[], known: Map<string, KeptHash>): Promise<void> {
    const fresh: KeptHash[] = [];
    const named = await Promise.all(batch.map((chosen) => this.#name(chosen, known, fresh)));
    const there = named.filter((each) => each !== undefined);
    if (fresh.length > 0) await keepHashes(this.kept.id, fresh);
    if (there.length === 0) return;
    const missing = await this.#withRetry(() => this.#negotiate(there));
    const wanted = new Map(there.filter(({ hash }) => missing.has(hash)).map((each) => [each.hash, each]));
    if (wanted.size > 0 && !(await this.#sendTar([...wanted.values()]))) {
      // A file changed between hashing and sending: send them one by one to find it.
      for (const each of wanted.values())
        await this.#sendTar([each]).then((sent) => sent || this.#lose(each.path, t.itChangedDuringTheUpload));
    }
    const lost = new Set(this.changed.map(({ path }) => path));
    for (const each of there) {
      if (lost.has(each.path)) continue;
      this.#named.push(each);
      this.#count(each.file.size, 1);
    }
  }

  async #name({ path, file }: ChosenFile, known: Map<string, KeptHash>, fresh: KeptHash[]): Promise<Named | undefined> {
    const before = known.get(path);
    if (before && before.size === file.size && before.modified === file.lastModified)
      return { path, file, hash: before.hash };
    try {
      const hash = await this.#pool.run({ kind: "hash", file }, this.#control.signal);
      fresh.push({ path, size: file.size, modified: file.lastModified, hash });
      return { path, file, hash };
    } catch (error) {
      if (!(error instanceof WorkFailed) || error.failure.reason !== "changed") throw error;
      this.#lose(path, t.itChangedOrDisappeared);
      return undefined;
    }
  }

  async #negotiate(named: Named[]): Promise<Set<string>> {
    const missing = new Set<string>();
    const body = named.map(({ hash, file }) => JSON.stringify({ hash, size: file.size })).join("\n");
    await readLines<string>(
      this.#url("negotiate"),
      (hash) => {
        missing.add(hash);
        return undefined;
      },
      {
        method: "POST",
        headers: { "Content-Type": "application/x-ndjson" },
        body: `${body}\n`,
        signal: this.#control.signal,
      },
    );
    return missing;
  }

  /** Sends some files as one stream. False: a file no longer matches its hash. */
  async #sendTar(members: Named[]): Promise<boolean> {
    const body = tarOf(members);
    const most = members.reduce((sum, { file }) => sum + file.size, 0);
    let counted = 0;
    const count = (sent: number) => {
      // Do not count tar headers and padding.
      const now = Math.min(sent, most);
      this.#count(now - counted, 0);
      counted = now;
    };
    try {
      await this.#withRetry(async () => {
        try {
          await sendOk(
            this.#url("blobs"),
            {
              method: "POST",
              headers: { "Content-Type": "application/x-tar" },
              body,
              signal: this.#control.signal,
            },
            fetchWithProgress(count),
          );
        } catch (problem) {
          count(0);
          // Browsers also report a network error when a file changed during the request.
          if (isCode(problem, "no-connection") && !(await canRead(members)))
            throw new ApiProblem(400, "digest-mismatch", t.aFileChanged);
          throw problem;
        }
      });
      // Stored files are counted one by one, by the caller.
      count(0);
      return true;
    } catch (problem) {
      if (isCode(problem, "digest-mismatch")) return false;
      throw problem;
    }
  }

  async #sendLarge({ path, file }: ChosenFile, parts: number): Promise<void> {
    const key = await this.#keyOf(path, file);
    const url = `${window.location.origin}${this.#url(`blobs/${key}`)}`;
    let counted = 0;
    let seen = 0;
    try {
      const hash = await this.#withRetry(() =>
        this.#stream(file, url, seen, parts, (left, now) => {
          seen = now;
          this.#count(left - counted, 0);
          counted = left;
        }),
      );
      this.#named.push({ path, file, hash });
      this.#count(file.size - counted, 1);
    } catch (error) {
      if (!(error instanceof WorkFailed) || error.failure.reason !== "changed") throw error;
      this.#count(-counted, 0);
      this.#lose(path, t.itChangedOrDisappeared);
    }
  }

  async #stream(
    file: File,
    url: string,
    seen: number,
    parts: number,
    onProgress: (left: number, seen: number) => void,
  ): Promise<string> {
    try {
      return await this.#pool.run(
        { kind: "stream", file, url, headers: { ...portalHeader }, seen, parts },
        this.#control.signal,
        onProgress,
      );
    } catch (error) {
      if (!(error instanceof WorkFailed)) throw error;
      const { failure } = error;
      if (failure.reason === "network") throw networkProblem();
      if (failure.reason !== "refused") throw error;
      if (failure.status === 401 && (await waitForLogin())) throw networkProblem();
      const { status, code, message, advice, requestId, details } = failure;
      throw new ApiProblem(status, code, message, advice, requestId, details);
    }
  }

  /** The ID of a large upload: stable across restarts, so that it can be resumed. */
  async #keyOf(path: string, file: File): Promise<string> {
    const text = [this.kept.id, path, file.size, file.lastModified].join("\n");
    const hash = await this.#pool.run({ kind: "hash", file: new Blob([text]) }, this.#control.signal);
    return hash.slice(0, 32);
  }

  async #commit(): Promise<void> {
    this.#enter("committing");
    const dataset = await this.#withRetry(() =>
      must(api.GET("/datasets/{id}", { params: { path: { id: this.kept.dataset } } })),
    );
    let base: number | null = dataset.snapshots > 0 ? dataset.snapshots : null;
    for (let turn = 1; ; turn++) {
      try {
        this.snapshot = await this.#withRetry(() => this.#sendCommit(base));
        break;
      } catch (problem) {
        if (!isCode(problem, "conflict") || turn === mostCommits) throw problem;
        // Another user has written in between: save that state as a version and commit on top of it.
        base = await this.#saveLatest();
      }
    }
    await forgetUpload(this.kept.id);
    this.#enter("done");
  }

  async #saveLatest(): Promise<number> {
    const fixed = await this.#withRetry(() =>
      must(api.POST("/datasets/{id}/snapshots", { params: { path: { id: this.kept.dataset } }, body: {} })),
    );
    return fixed.number;
  }

  async #sendCommit(base: number | null): Promise<Schemas["SnapshotInfo"]> {
    const message = t.uploadedInThePortal(this.#named.length);
    const lines = [JSON.stringify({ message, base, changes: this.#named.length })];
    for (const { path, file, hash } of this.#named) {
      lines.push(
        JSON.stringify({
          op: "put",
          path: this.kept.folder + path,
          kind: "file",
          hash,
          size: file.size,
          modified: file.lastModified * 1_000_000,
          contentType: file.type || undefined,
        }),
      );
    }
    const response = await sendOk(this.#url("commit"), {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
      body: new Blob([lines.join("\n"), "\n"]),
      signal: this.#control.signal,
    });
    return (await response.json()) as Schemas["SnapshotInfo"];
  }

  #ask(): Promise<boolean> {
    this.#enter("asking");
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  async #ended(error: unknown): Promise<void> {
    const isCancelled = this.#control.signal.aborted || (error as Error)?.name === "AbortError";
    if (isCancelled) {
      await Promise.allSettled([
        send(`${apiRoot}/sessions/${this.kept.session}`, { method: "DELETE" }),
        forgetUpload(this.kept.id),
      ]);
    } else {
      // Stop the other parts of this upload; what the server has stays for the next attempt.
      this.#control.abort(error);
      this.error = error;
    }
    this.#enter(isCancelled ? "cancelled" : "failed");
  }

  #withRetry<T>(work: () => Promise<T>): Promise<T> {
    return withRetry(work, this.#control.signal, (problem) => {
      if (this.waiting === problem) return;
      this.waiting = problem;
      this.onChange();
    });
  }

  #url(rest: string): string {
    return `${apiRoot}/sessions/${this.kept.session}/${rest}`;
  }

  #lose(path: string, why: string): void {
    this.changed.push({ path, why });
    this.#count(0, 0);
  }

  #count(bytes: number, files: number): void {
    this.bytesDone += bytes;
    this.filesDone += files;
    this.onChange();
  }

  #enter(phase: UploadPhase): void {
    this.phase = phase;
    this.onChange();
  }
}

function* batches(files: ChosenFile[]): Generator<ChosenFile[]> {
  let batch: ChosenFile[] = [];
  let bytes = 0;
  for (const chosen of files) {
    if (batch.length > 0 && (batch.length === batchFiles || bytes + chosen.file.size > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(chosen);
    bytes += chosen.file.size;
  }
  if (batch.length > 0) yield batch;
}

async function inParallel<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

async function canRead(members: Named[]): Promise<boolean> {
  for (const { file } of members) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      return false;
    }
  }
  return true;
}

/** A random 128-bit ID; unlike crypto.randomUUID also available without HTTPS. */
export function newUploadId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
