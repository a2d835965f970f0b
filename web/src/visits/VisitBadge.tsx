import { Badge } from "@mantine/core";
import type { Schemas } from "../api/client";

const colours: Record<string, string> = { running: "green", upcoming: "blue", ended: "gray" };

/** The state of a visit: upcoming, running or ended. */
export function VisitBadge({ visit }: { visit: Pick<Schemas["VisitInfo"], "state"> }) {
  return (
    <Badge variant="light" tt="none" color={colours[visit.state] ?? "gray"}>
      {visit.state}
    </Badge>
  );
}
