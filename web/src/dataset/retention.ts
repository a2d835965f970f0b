import type { Schemas } from "../api/client";

/** How long the files of a dataset stay at the facility. */
export type Retention = Schemas["RetentionInfo"];

/** The last second of a day in the time zone of the browser; on the day of the limit, the limit itself. */
export function endOfDay(day: string, limit?: string | null): string {
  const [begin, end] = [new Date(`${day}T00:00:00`), new Date(`${day}T23:59:59`)];
  const last = limit ? new Date(limit) : undefined;
  return limit && last && begin <= last && last <= end ? limit : end.toISOString();
}
