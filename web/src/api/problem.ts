import { api as t } from "../messages/en";
import { formatBytes, plural } from "../text/format";
import { advices } from "./advice";
import type { components } from "./schema";

type ProblemBody = components["schemas"]["Problem"];

/** An error from the server or the network, ready to show. */
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

  /** Whether a retry may help. */
  get isTransient(): boolean {
    return (
      this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
    );
  }
}

/** The problem in an error response. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  try {
    return toProblem(response.status, (await response.json()) as ProblemBody);
  } catch {
    return new ApiProblem(response.status, "unknown", t.theServerReturnedStatusWithoutAn(response.status));
  }
}

/** A problem from its JSON body. */
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
  const quota = quotaMessage(details);
  const message = quota ?? detail ?? title ?? t.theServerReturnedStatus(said ?? status);
  const help = quota ? t.deleteDataYouNoLongerNeed : advice ? (advices[code ?? ""] ?? advice) : undefined;
  return new ApiProblem(said ?? status, code ?? "unknown", message, help, requestId ?? undefined, details);
}

/** A quota error with readable numbers. */
function quotaMessage({ owner, quota, limit, used, needed }: Record<string, unknown>): string | undefined {
  if (quota !== "bytes" && quota !== "entries") return undefined;
  const format = (value: unknown) =>
    quota === "bytes" ? formatBytes(Number(value)) : plural(Number(value), t.countEntries);
  return t.hasUsedOfAQuotaOf(owner, format(used), format(limit), format(needed));
}

/** The server cannot be reached. */
export function networkProblem(): ApiProblem {
  return new ApiProblem(
    0,
    "no-connection",
    navigator.onLine === false ? t.youAreOffline : t.theServerCannotBeReached,
    t.yourInputIsKept,
  );
}

/** Anything thrown, as a problem. */
export function describeProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) return networkProblem();
  return new ApiProblem(0, "unknown", error instanceof Error ? error.message : String(error));
}
