import { api, must } from "../api/client";
import { saveFile } from "../saving/save";
import { csvCell } from "../text/csv";

/** Pages of a download: 200 000 entries, about 50 MB. */
const maxPages = 200;

/** The wanted entries; empty texts for all. */
export interface AuditFilter extends Record<string, string> {
  user: string;
  action: string;
  target: string;
  day: string;
  /** Not empty to include the actions of the server itself. */
  server: string;
}

/** A page of entries, newest first. */
export function readAudit(filter: AuditFilter, limit: number, cursor?: string) {
  return must(
    api.GET("/audit", {
      params: {
        query: {
          newest: true,
          limit,
          user: filter.user.trim() || undefined,
          action: filter.action || undefined,
          target: filter.target || undefined,
          people: filter.server === "" || undefined,
          ...dayOf(filter.day),
          cursor,
        },
      },
    }),
  );
}

/** Saves the wanted entries as a file of comma-separated values; false when there are more than it holds. */
export async function downloadAudit(filter: AuditFilter): Promise<boolean> {
  const lines = ["entry,time,user,action,target,name,detail"];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await readAudit(filter, 1000, cursor);
    for (const one of page.items ?? []) {
      const { sequence, time, user, action, target, targetName, detail } = one;
      lines.push([sequence, time, user, action, target, targetName, detail].map(csvCell).join(","));
    }
    cursor = page.next ?? undefined;
    pages += 1;
  } while (cursor !== undefined && pages < maxPages);
  saveFile(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv" }), "audit.csv");
  return cursor === undefined;
}

/** The times of a day of the reader, `2026-11-27`. */
function dayOf(day: string): { since?: string; until?: string } {
  const since = new Date(`${day}T00:00:00`);
  if (Number.isNaN(since.getTime())) return {};
  const until = new Date(since);
  until.setDate(until.getDate() + 1);
  return { since: since.toISOString(), until: until.toISOString() };
}
