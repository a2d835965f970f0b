import createClient from "openapi-fetch";
import { apiRoot, portalHeader } from "./base";
import { type ApiProblem, networkProblem, readProblem, toProblem } from "./problem";
import { noteUnreachable, whileWaiting } from "./reaching";
import { waitForLogin } from "./relogin";
import type { components, paths } from "./schema";

/** The types of the REST API. */
export type Schemas = components["schemas"];

/** `fetch`, or a replacement for it. */
type Fetch = (input: string | Request, init: RequestInit) => Promise<Response>;

/** Sends a request as the portal. If the session has expired, waits for a new login and retries once. */
export async function send(input: string | Request, init: RequestInit = {}, by: Fetch = fetch): Promise<Response> {
  const again = input instanceof Request ? input.clone() : input;
  const response = await sendOnce(input, init, by);
  if (response.status !== 401 || isLogin(response.url)) return response;
  const method = (input instanceof Request ? input.method : init.method) ?? "GET";
  return (await waitForLogin(method === "GET")) ? sendOnce(again, init, by) : response;
}

async function sendOnce(input: string | Request, init: RequestInit, by: Fetch): Promise<Response> {
  const headers = new Headers(input instanceof Request ? input.headers : undefined);
  new Headers(init.headers).forEach((value, name) => {
    headers.set(name, value);
  });
  headers.set("X-Hutch-Request", portalHeader["X-Hutch-Request"]);
  const answer = by(input, { ...init, headers, credentials: "same-origin" });
  try {
    // An upload has its own display of progress.
    const response = await (by === fetch ? whileWaiting(answer) : answer);
    if (isAbsent(response.status)) noteUnreachable();
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    noteUnreachable();
    throw networkProblem();
  }
}

/** What a proxy answers when the server behind it does not, or the server while it starts or is overloaded. */
function isAbsent(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

/** Whether a 401 means a wrong password rather than an expired session. */
function isLogin(url: string): boolean {
  const path = new URL(url, window.location.href).pathname.slice(apiRoot.length);
  return path.startsWith("/login") || path === "/me";
}

/** Sends a request; throws an ApiProblem unless it succeeds. */
export async function sendOk(input: string | Request, init: RequestInit = {}, by: Fetch = fetch): Promise<Response> {
  const response = await send(input, init, by);
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** The REST API, typed by the server's OpenAPI document. */
export const api = createClient<paths>({
  baseUrl: `${window.location.origin}${apiRoot}`,
  fetch: (request) => send(request),
});

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a response; throws an ApiProblem unless it succeeded. */
export async function must<T>(outcome: Promise<Outcome<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await outcome;
  if (!response.ok) throw toProblem(response.status, error as Schemas["Problem"]);
  return data as NonNullable<T>;
}

/** As `must`, for operations without a response body. */
export async function done(outcome: Promise<Outcome<unknown>>): Promise<void> {
  const { error, response } = await outcome;
  if (!response.ok) throw toProblem(response.status, error as Schemas["Problem"]);
}

/** Whether a problem has one of these codes. */
export function isCode(problem: unknown, ...codes: string[]): problem is ApiProblem {
  return codes.includes((problem as ApiProblem)?.code);
}
