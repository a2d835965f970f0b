import { Badge } from "@mantine/core";
import type { Schemas } from "../api/client";
import { datasets as t } from "../messages/en";

const looks: Record<string, { color: string; label: string }> = {
  open: { color: "teal", label: t.open },
  closed: { color: "gray", label: t.closed },
  trash: { color: "orange", label: t.inTrash },
  gone: { color: "red", label: t.deleted },
  following: { color: "grape", label: t.following },
};

/** Status of a dataset. */
export function StateBadge({ dataset }: { dataset: Pick<Schemas["DatasetInfo"], "state" | "kind"> }) {
  const isFollowing = dataset.state === "open" && dataset.kind === "following";
  const look = looks[isFollowing ? "following" : dataset.state] ?? {
    color: "gray",
    label: dataset.state,
  };
  return (
    <Badge variant="light" color={look.color} tt="none" fw={600} title={isFollowing ? t.followingMeans : undefined}>
      {look.label}
    </Badge>
  );
}
