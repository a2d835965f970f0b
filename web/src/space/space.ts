import { api, must, type Schemas } from "../api/client";
import { describeProblem } from "../api/problem";
import { space as t } from "../messages/en";
import { csvLines } from "../text/csv";

export type Space = Schemas["SpaceInfo"];
export type Line = Schemas["SpaceLineInfo"];
export type Obstacle = Schemas["SpaceObstacleInfo"];

/** More lines than a server lists. */
const allLines = 20_000;

/** What became of a line: when the disk gains its bytes, or why it does not. */
export interface Freed {
  line: Line;
  bytes: number;
  state: string;
  isRefused: boolean;
}

/** True for a line that a request frees; the others end by themselves. */
export const canFree = (line: Line) => line.command !== undefined && line.command !== null;

/**
 * Frees lines, each by the request of its command. These check everything again, and one refusal does not stop the others.
 * `reason` is that of the purges.
 */
export async function freeLines(lines: Line[], reason: string): Promise<Freed[]> {
  const freed: Freed[] = [];
  for (const line of lines) {
    try {
      freed.push({ line, bytes: line.bytes, state: await free(line, reason), isRefused: false });
    } catch (problem) {
      freed.push({ line, bytes: 0, state: describeProblem(problem).message, isRefused: true });
    }
  }
  return freed;
}

async function free(line: Line, reason: string): Promise<string> {
  const params = { path: { id: line.id } };
  if (line.kind === "trash") {
    await must(api.POST("/datasets/{id}/purge", { params, body: { reason, trash: true } }));
    return t.purged;
  }
  const eviction = await must(
    api.POST("/datasets/{id}/eviction", {
      params,
      body: { holders: 1, keep: false, reproducible: line.kind === "reproduction" },
    }),
  );
  return eviction.state === "evicted" ? t.evicted : t.requested;
}

/** All lines as CSV (RFC 4180). */
export async function writeLines(): Promise<string> {
  const all = await must(api.GET("/space", { params: { query: { limit: allLines } } }));
  return csvOf(all.lines);
}

export function csvOf(lines: Line[]): string {
  return csvLines([
    // Names of columns are those of `hutch space --csv`.
    "bytes,dataset,when,command,proof,kind,owner,visit,instrument,type,program,created".split(","),
    ...lines.map((line) => [
      line.bytes,
      line.name,
      line.until ?? t.afterCollectionInCsv,
      line.command,
      line.proofs.join(" "),
      line.kind,
      line.owner,
      line.visit,
      line.instrument,
      line.type,
      line.program,
      line.created,
    ]),
  ]);
}
