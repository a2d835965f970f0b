import { fetchWithProgress } from "../api/fetchWithProgress";
import { ApiProblem, readProblem } from "../api/problem";
import { upload as t } from "../messages/en";
import { FileHasher, fromDigest, nativeBytes, toDigest } from "./hashing";
import { PartReader } from "./partReader";

/** The server's progress, with the hash once it has the whole file. */
interface Reached {
  offset: number;
  hash: string | undefined;
}

/** A part on its way. */
interface Sending {
  /** Whether it came so far that the next may follow it: bytes of it have left, and it did not fail before. */
  begun: Promise<boolean>;
  /** The hash of the whole, if the server has all of it. */
  done: Promise<string | undefined>;
}

interface Part {
  begin: number;
  end: number;
  bytes: Blob;
  digest: string;
}

/**
 * Uploads one large file in parts, each read and hashed while those before it are sent. The server verifies every part against its digest,
 * so the hash it computes of the whole is that of the file. If an earlier attempt left bytes that this page did not see confirmed, the
 * whole file is hashed here too.
 */
export class StreamUpload {
  readonly #hasher = new FileHasher();
  /** Ends what is on its way when one part fails. */
  readonly #stop = new AbortController();
  #left = 0;
  #confirmed = 0;

  constructor(
    readonly file: Blob,
    readonly url: string,
    readonly headers: Record<string, string>,
    /** The offset up to which earlier attempts were confirmed. */
    readonly seen: number,
    /** How many parts are on their way at a time. */
    readonly partsAtOnce: number,
    readonly signal: AbortSignal,
    /** Progress: the bytes sent, and the offset up to which they are confirmed. */
    readonly onReached: (left: number, seen: number) => void,
  ) {}

  /** Returns the hex hash. */
  async run(): Promise<string> {
    this.signal.addEventListener("abort", () => this.#stop.abort(this.signal.reason), { once: true });
    const reached = await this.#send("HEAD", {});
    const isSeen = reached.offset === this.seen;
    this.#reach(reached.offset, isSeen ? reached.offset : 0);
    const [hash, ours] = await Promise.all([
      this.#sendFrom(reached, isSeen),
      isSeen ? undefined : new FileHasher().hash(this.file, this.signal),
    ]);
    if (hash === undefined) throw new ApiProblem(409, "conflict", t.theServerDidNotConfirmThe);
    if (ours !== undefined && ours !== hash)
      throw new ApiProblem(400, "digest-mismatch", t.thisFileDiffersFromTheData, t.discardThisUploadAndStartAgain);
    return hash;
  }

  /** Sends the parts in their order, some at a time: the server takes in the next one while the last is still being made durable. */
  async #sendFrom(reached: Reached, isSeen: boolean): Promise<string | undefined> {
    const reader = new PartReader(this.file, reached.offset, nativeBytes);
    const underWay: Sending[] = [];
    try {
      let { hash } = reached;
      for (let part = await this.#read(reader, reached.offset); part; part = await this.#read(reader, part.end)) {
        if (underWay.length >= this.partsAtOnce) hash = await underWay.shift()?.done;
        const before = underWay.at(-1);
        // In the order of the file: the one before must be on its way.
        if (before && !(await before.begun)) break;
        underWay.push(this.#begin(part, isSeen, before));
      }
      for (const each of underWay) hash = await each.done;
      return hash;
    } catch (problem) {
      this.#stop.abort(problem);
      throw problem;
    } finally {
      reader.close();
    }
  }

  #begin(part: Part, isSeen: boolean, before: Sending | undefined): Sending {
    let begin: (isBegun: boolean) => void = () => undefined;
    const begun = new Promise<boolean>((resolve) => {
      begin = resolve;
    });
    const send = () => this.#append(part, isSeen, () => begin(true));
    const done = send().catch(async (problem: unknown) => {
      // It overtook the one before: again, behind it.
      if (!before || !(problem instanceof ApiProblem) || problem.code !== "conflict") throw problem;
      await before.done;
      return send();
    });
    // The caller gets the reason for a failure from `done`. Here a failure only ends the wait for the begin.
    done.then(
      () => begin(true),
      () => begin(false),
    );
    return { begun, done };
  }

  /** The part at an offset. */
  async #read(reader: PartReader, begin: number): Promise<Part | undefined> {
    if (begin >= this.file.size) return undefined;
    this.signal.throwIfAborted();
    const bytes = await reader.next();
    const end = begin + bytes.length;
    return { begin, end, bytes: this.file.slice(begin, end), digest: toDigest(await this.#hasher.hashBytes(bytes)) };
  }

  async #append(
    { begin, end, bytes, digest }: Part,
    isSeen: boolean,
    onBegun: () => void,
  ): Promise<string | undefined> {
    const { offset, hash } = await this.#send(
      "PATCH",
      {
        body: bytes,
        headers: {
          "Upload-Offset": String(begin),
          "Content-Digest": digest,
          "Content-Type": "application/octet-stream",
        },
      },
      (sent) => {
        onBegun();
        this.#reach(begin + sent, this.#confirmed);
      },
    );
    if (offset !== end) throw new ApiProblem(409, "conflict", t.theServerStoredLessThanWas);
    this.#reach(offset, isSeen ? offset : 0);
    return hash;
  }

  /** Parts report in any order; what is told only grows. */
  #reach(left: number, confirmed: number): void {
    this.#left = Math.max(this.#left, left);
    this.#confirmed = Math.max(this.#confirmed, confirmed);
    this.onReached(this.#left, this.#confirmed);
  }

  async #send(method: string, init: RequestInit, onSent: (bytes: number) => void = () => undefined): Promise<Reached> {
    const response = await fetchWithProgress(onSent)(`${this.url}?size=${this.file.size}`, {
      ...init,
      method,
      headers: { ...this.headers, ...init.headers },
      signal: this.#stop.signal,
    });
    if (!response.ok) throw await readProblem(response);
    return {
      offset: Number(response.headers.get("Upload-Offset") ?? 0),
      hash: fromDigest(response.headers.get("Repr-Digest")),
    };
  }
}
