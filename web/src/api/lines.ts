import { api as t } from "../messages/en";
import { sendOk } from "./client";
import { ApiProblem, toProblem } from "./problem";
import type { components } from "./schema";

/** The final line of a stream. */
export interface LinesEnd {
  end: boolean;
  count?: number;
  problem?: components["schemas"]["Problem"];
  [more: string]: unknown;
}

/**
 * Reads a stream of JSON lines as it arrives. `onLine` gets each line but the final one, which is returned; if it returns false, reading
 * stops. A truncated stream throws: it never passes for a complete one.
 */
export async function readLines<T>(
  url: string,
  onLine: (line: T) => undefined | boolean,
  init: RequestInit = {},
): Promise<LinesEnd | undefined> {
  const response = await sendOk(url, init);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw cut();
  let rest = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) throw cut();
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith('{"end":')) {
        await reader.read();
        return finish(JSON.parse(line) as LinesEnd);
      }
      if (onLine(JSON.parse(line) as T) === false) {
        await reader.cancel();
        return undefined;
      }
    }
  }
}

function finish(end: LinesEnd): LinesEnd {
  if (!end.end && end.problem) throw toProblem(end.problem.status ?? 500, end.problem);
  return end;
}

function cut(): ApiProblem {
  return new ApiProblem(0, "cut", t.theResponseWasCutOff, t.tryAgain);
}
