import { api as t } from "../messages/en";

/**
 * A `fetch` that reports upload progress, which the browser's own does not. Takes a URL, not a Request.
 */
export function fetchWithProgress(onSent: (bytes: number) => void) {
  return (url: string | Request, { method = "GET", headers, body, signal }: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      request.upload.onprogress = ({ loaded }) => onSent(loaded);
      request.onload = () => resolve(toResponse(request));
      request.onerror = () => reject(new TypeError(t.networkError));
      request.onabort = () => reject(signal?.reason ?? new DOMException(t.theRequestWasCancelled, "AbortError"));
      request.onloadend = () => signal?.removeEventListener("abort", stop);
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      signal?.addEventListener("abort", stop);
      request.open(method, typeof url === "string" ? url : url.url);
      new Headers(headers).forEach((value, name) => {
        request.setRequestHeader(name, value);
      });
      request.send(body as XMLHttpRequestBodyInit | null | undefined);
    });
}

function toResponse(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const isEmpty = request.status === 204 || request.status === 304;
  return new Response(isEmpty ? null : request.responseText, { status: request.status, headers });
}
