/** What the page asks of a worker. */
export type WorkerRequest =
  | { kind: "hash"; id: number; file: Blob }
  | { kind: "stream"; id: number; file: Blob; url: string; headers: Record<string, string> }
  | { kind: "stop"; id: number };

/** What a worker answers. */
export type WorkerAnswer =
  | { kind: "progress"; id: number; hashed: number; sent: number }
  | { kind: "done"; id: number; hash: string }
  | {
      kind: "failed";
      id: number;
      reason: "changed" | "network" | "refused" | "stopped";
      status: number;
      message: string;
    };
