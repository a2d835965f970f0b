import { Tooltip } from "@mantine/core";
import { formatRelative, formatTime } from "../text/format";

/** "3 hours ago", with date and time in a tooltip. */
export function Time({ value, exact = false }: { value: string | Date | null | undefined; exact?: boolean }) {
  if (!value) return <>–</>;
  const time = typeof value === "string" ? new Date(value) : value;
  if (Number.isNaN(time.getTime())) return <>–</>;
  if (exact) return <time dateTime={time.toISOString()}>{formatTime(time)}</time>;
  return (
    <Tooltip label={formatTime(time)}>
      <time dateTime={time.toISOString()}>{formatRelative(time, new Date())}</time>
    </Tooltip>
  );
}
