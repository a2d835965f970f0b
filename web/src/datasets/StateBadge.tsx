import { Badge } from "@mantine/core";
import type { Schemas } from "../api/client";

const looks: Record<string, { color: string; label: string }> = {
  open: { color: "teal", label: "Open" },
  closed: { color: "gray", label: "Closed" },
  trash: { color: "orange", label: "In trash" },
  gone: { color: "red", label: "Deleted" },
  following: { color: "grape", label: "Following" },
};

/** Status of a dataset. */
export function StateBadge({ dataset }: { dataset: Pick<Schemas["DatasetInfo"], "state" | "kind"> }) {
  const look = looks[dataset.state === "open" && dataset.kind === "following" ? "following" : dataset.state] ?? {
    color: "gray",
    label: dataset.state,
  };
  return (
    <Badge variant="light" color={look.color} tt="none" fw={600}>
      {look.label}
    </Badge>
  );
}
