import { formatBytes, plural } from "../text/format";
import type { components } from "./schema";

type ProblemBody = components["schemas"]["Problem"];

/** A refusal of the server, or of the network, in words for people. */
export class ApiProblem extends Error {
  override name = "ApiProblem";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly advice?: string,
    readonly requestId?: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** Whether asking again may help without anybody changing anything. */
  get isPassing(): boolean {
    return (
      this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
    );
  }
}

/** The refusal that an answer carries. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  try {
    return toProblem(response.status, (await response.json()) as ProblemBody);
  } catch {
    return new ApiProblem(response.status, "unknown", `The server answered ${response.status} without saying why.`);
  }
}

/** A refusal from its body. */
export function toProblem(status: number, body: ProblemBody | undefined): ApiProblem {
  const {
    type: _type,
    title,
    status: said,
    detail,
    instance: _instance,
    code,
    advice,
    requestId,
    ...details
  } = body ?? {};
  const quota = quotaWords(details);
  const words = quota ?? detail ?? title ?? `The server answered ${said ?? status}.`;
  const help = quota ? "Delete what is not needed, or ask an administrator for a larger quota." : (advice ?? undefined);
  return new ApiProblem(said ?? status, code ?? "unknown", words, help, requestId ?? undefined, details);
}

/** That a quota is reached, with its numbers as people read them. */
function quotaWords({ owner, quota, limit, used, needed }: Record<string, unknown>): string | undefined {
  if (quota !== "bytes" && quota !== "entries") return undefined;
  const told = (value: unknown) =>
    quota === "bytes" ? formatBytes(Number(value)) : plural(Number(value), "entry", "entries");
  return `The quota of ${owner} is ${told(limit)}, of which ${told(used)} are used; this needs ${told(needed)} more.`;
}

/** A failure to reach the server at all. */
export function networkProblem(): ApiProblem {
  return new ApiProblem(
    0,
    "no-connection",
    navigator.onLine === false ? "This computer is offline." : "The server cannot be reached.",
    "Nothing you typed is lost. Try again when the connection is back.",
  );
}

/** Anything that was thrown, as words. */
export function describeProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) return networkProblem();
  return new ApiProblem(0, "unknown", error instanceof Error ? error.message : String(error));
}
