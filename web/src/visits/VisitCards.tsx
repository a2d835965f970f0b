import { Group, Paper, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import classes from "../datasets/cards.module.css";
import { visits as t } from "../messages/en";
import { VisitBadge } from "./VisitBadge";

/** Visits as cards: name, state, dates. */
export function VisitCards({ visits, label }: { visits: Schemas["VisitInfo"][]; label: string }) {
  return (
    <ul className={classes.cards} aria-label={label}>
      {visits.map((visit) => (
        <Paper key={visit.name} component="li" withBorder className={classes.card}>
          <div className={classes.about}>
            <Link to={`/visits/${encodeURIComponent(visit.name)}`} className={classes.name}>
              <Name>{visit.name}</Name>
            </Link>
            {visit.title && (
              <Text size="sm" truncate>
                <Name>{visit.title}</Name>
              </Text>
            )}
            <Group gap={6} mt={2} wrap="nowrap">
              <VisitBadge visit={visit} />
              <Text size="xs" c="dimmed" truncate>
                {visit.instrument && (
                  <>
                    <Name>{visit.instrument}</Name>
                    {", "}
                  </>
                )}
                {visit.state === "upcoming" ? t.begins : visit.state === "running" ? t.ends : t.ended}
                <Time value={visit.state === "upcoming" ? visit.begin : visit.end} />
              </Text>
            </Group>
          </div>
        </Paper>
      ))}
    </ul>
  );
}
