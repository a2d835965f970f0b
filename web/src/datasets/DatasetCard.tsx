import { Group, Paper, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import type { Recent } from "../recent/recent";
import { DatasetPicture } from "../thumbnails/DatasetPicture";
import classes from "./cards.module.css";
import { StateBadge } from "./StateBadge";

interface DatasetCardProps {
  dataset: Omit<Recent, "opened">;
  /** What happened, and when: "opened". */
  what: string;
  time: string;
  /** After the state. */
  badge?: ReactNode;
  /** At the end of the card. */
  actions?: ReactNode;
}

/** A dataset with its picture. */
export function DatasetCard({ dataset, what, time, badge, actions }: DatasetCardProps) {
  return (
    <Paper component="li" withBorder className={classes.card}>
      <DatasetPicture dataset={dataset} size={64} />
      <div className={classes.about}>
        <Link to={`/datasets/${dataset.id}`} className={classes.name}>
          <Name>{dataset.name}</Name>
        </Link>
        {dataset.title && (
          <Text size="sm" truncate>
            <Name>{dataset.title}</Name>
          </Text>
        )}
        <Group gap={6} mt={2} wrap="nowrap">
          <StateBadge dataset={dataset} />
          {badge}
          <Text size="xs" c="dimmed" truncate>
            {what} <Time value={time} />
          </Text>
        </Group>
      </div>
      {actions}
    </Paper>
  );
}
