import type { FileHasher } from "./hashing";

const slice = 32 * 1024 * 1024;
const piece = 4 * 1024 * 1024;

/** The server said no. */
export class UploadRefused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Uploads one large file while it is hashed: it is read once. It begins where an earlier attempt ended; at the end the server's own hash is
 * compared with ours.
 */
export class StreamUpload {
  constructor(
    readonly file: Blob,
    readonly url: string,
    readonly headers: Record<string, string>,
    readonly hasher: FileHasher,
    readonly signal: AbortSignal,
    readonly onProgress: (hashed: number, sent: number) => void,
  ) {}

  /** Answers the hash, in hex. */
  async run(): Promise<string> {
    const hash = await this.hasher.start();
    let durable = await this.#offset();
    let read = 0;
    let sending: Promise<number> | undefined;
    while (read < this.file.size) {
      const end = Math.min(read + slice, this.file.size);
      const begin = read;
      const start = Math.max(read, durable);
      // The browser streams the slice from the disk by itself, while it is hashed here.
      if (start < end) sending = this.#append(this.file.slice(start, end), start);
      for (; read < end; read += piece) {
        this.signal.throwIfAborted();
        hash.update(new Uint8Array(await this.file.slice(read, Math.min(read + piece, end)).arrayBuffer()));
      }
      read = end;
      if (sending) durable = await sending;
      sending = undefined;
      this.onProgress(end - begin, end - begin);
    }
    return this.#check(hash.digest("hex"));
  }

  async #offset(): Promise<number> {
    const response = await this.#send("HEAD", undefined, {});
    return Number(response.headers.get("Upload-Offset") ?? 0);
  }

  async #append(bytes: Blob, offset: number): Promise<number> {
    const response = await this.#send("PATCH", bytes, {
      "Upload-Offset": String(offset),
      "Content-Type": "application/octet-stream",
    });
    const reached = Number(response.headers.get("Upload-Offset"));
    if (reached !== offset + bytes.size) throw new UploadRefused(409, "The server kept less than was sent.");
    return reached;
  }

  /** The server must have understood the same bytes. */
  async #check(hash: string): Promise<string> {
    const response = await this.#send("HEAD", undefined, {});
    const said = /sha-256=:([^:]+):/.exec(response.headers.get("Repr-Digest") ?? "")?.[1];
    const ours = btoa(String.fromCharCode(...(hash.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));
    if (said !== undefined && said !== ours)
      throw new UploadRefused(
        400,
        "The server received other bytes than were read here. The file changed, or the connection did.",
      );
    return hash;
  }

  async #send(method: string, body: Blob | undefined, headers: Record<string, string>): Promise<Response> {
    const response = await fetch(`${this.url}?size=${this.file.size}`, {
      method,
      body,
      headers: { ...this.headers, ...headers },
      signal: this.signal,
      credentials: "same-origin",
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new UploadRefused(response.status, problem.detail ?? `The server answered ${response.status}.`);
  }
}
