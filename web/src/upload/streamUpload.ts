import { fetchWithProgress } from "../api/fetchWithProgress";
import { ApiProblem, readProblem } from "../api/problem";
import { FileHasher, fromDigest, nativeBytes, toDigest } from "./hashing";
import { PartReader } from "./partReader";

/** The server's progress, with the hash once it has the whole file. */
interface Reached {
  offset: number;
  hash: string | undefined;
}

interface Part {
  begin: number;
  end: number;
  bytes: Blob;
  digest: string;
}

/**
 * Uploads one large file in parts, each read and hashed while the previous one is sent. The server verifies every part against its digest,
 * so the hash it computes of the whole is that of the file. If an earlier attempt left bytes that this page did not see confirmed, the
 * whole file is hashed here too.
 */
export class StreamUpload {
  readonly #hasher = new FileHasher();

  constructor(
    readonly file: Blob,
    readonly url: string,
    readonly headers: Record<string, string>,
    /** The offset up to which earlier attempts were confirmed. */
    readonly seen: number,
    readonly signal: AbortSignal,
    /** Progress: the bytes sent, and the offset up to which they are confirmed. */
    readonly onReached: (left: number, seen: number) => void,
  ) {}

  /** Returns the hex hash. */
  async run(): Promise<string> {
    const reached = await this.#send("HEAD", {});
    const isSeen = reached.offset === this.seen;
    this.onReached(reached.offset, isSeen ? reached.offset : 0);
    const [hash, ours] = await Promise.all([
      this.#sendFrom(reached, isSeen),
      isSeen ? undefined : new FileHasher().hash(this.file, this.signal),
    ]);
    if (hash === undefined) throw new ApiProblem(409, "conflict", "The server did not confirm the upload.");
    if (ours !== undefined && ours !== hash)
      throw new ApiProblem(
        400,
        "digest-mismatch",
        "This file differs from the data already uploaded. It was changed or is not the same file.",
        "Discard this upload and start again.",
      );
    return hash;
  }

  async #sendFrom(reached: Reached, isSeen: boolean): Promise<string | undefined> {
    const reader = new PartReader(this.file, reached.offset, nativeBytes);
    try {
      let { hash } = reached;
      let next = this.#read(reader, reached.offset);
      for (let part = await next; part; part = await next) {
        next = this.#read(reader, part.end);
        // If both fail, the error of the request is reported.
        next.catch(() => undefined);
        hash = await this.#append(part, isSeen);
      }
      return hash;
    } finally {
      reader.close();
    }
  }

  /** The part at an offset. */
  async #read(reader: PartReader, begin: number): Promise<Part | undefined> {
    if (begin >= this.file.size) return undefined;
    this.signal.throwIfAborted();
    const bytes = await reader.next();
    const end = begin + bytes.length;
    return { begin, end, bytes: this.file.slice(begin, end), digest: toDigest(await this.#hasher.hashBytes(bytes)) };
  }

  async #append({ begin, end, bytes, digest }: Part, isSeen: boolean): Promise<string | undefined> {
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
      (sent) => this.onReached(begin + sent, isSeen ? begin : 0),
    );
    if (offset !== end) throw new ApiProblem(409, "conflict", "The server stored less than was sent.");
    this.onReached(offset, isSeen ? offset : 0);
    return hash;
  }

  async #send(method: string, init: RequestInit, onSent: (bytes: number) => void = () => undefined): Promise<Reached> {
    const response = await fetchWithProgress(onSent)(`${this.url}?size=${this.file.size}`, {
      ...init,
      method,
      headers: { ...this.headers, ...init.headers },
      signal: this.signal,
    });
    if (!response.ok) throw await readProblem(response);
    return {
      offset: Number(response.headers.get("Upload-Offset") ?? 0),
      hash: fromDigest(response.headers.get("Repr-Digest")),
    };
  }
}
