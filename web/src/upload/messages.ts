/** Page to worker. */
export type WorkerRequest =
  | { kind: "hash"; id: number; file: Blob }
  | {
      kind: "stream";
      id: number;
      file: Blob;
      url: string;
      headers: Record<string, string>;
      seen: number;
      parts: number;
    }
  | { kind: "stop"; id: number };

/** Why a worker failed. */
export type Failure =
  | { reason: "changed" | "network" | "stopped"; message: string }
  | {
      reason: "refused";
      status: number;
      code: string;
      message: string;
      advice: string | undefined;
      requestId: string | undefined;
      details: Record<string, unknown>;
    };

/** Worker to page. */
export type WorkerAnswer =
  | { kind: "progress"; id: number; left: number; seen: number }
  | { kind: "done"; id: number; hash: string }
  | ({ kind: "failed"; id: number } & Failure);
