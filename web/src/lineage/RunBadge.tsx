import { Badge } from "@mantine/core";
import type { Schemas } from "../api/client";

const colours: Record<string, string> = { running: "blue", done: "green", failed: "red", cancelled: "gray" };

/** Status of a run. */
export function RunBadge({ run }: { run: Pick<Schemas["RunInfo"], "state"> }) {
  return (
    <Badge variant="light" tt="none" color={colours[run.state] ?? "gray"}>
      {run.state}
    </Badge>
  );
}
