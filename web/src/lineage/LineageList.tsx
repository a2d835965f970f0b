import { Badge, Group, Paper, Text } from "@mantine/core";
import { Link } from "react-router";
import { Name } from "../components/Name";
import { StateBadge } from "../datasets/StateBadge";
import { lineage as t } from "../messages/en";
import type { Titles } from "../runs/useTitles";
import classes from "./LineageList.module.css";
import { type PlacedDataset, type Step, wordsOf } from "./layout";

const stepWidth = 18;
const mostSteps = 6;

/** The same as the graph, for narrow screens: ancestors first, each step further in. */
export function LineageList({
  self,
  datasets,
  steps,
  titleOf,
}: {
  self: string;
  datasets: PlacedDataset[];
  steps: Step[];
  titleOf: Titles;
}) {
  const names = new Map(datasets.map(({ dataset }) => [dataset.id, dataset.name]));
  return (
    <ol className={classes.list} aria-label={t.lineage}>
      {datasets.map(({ dataset, depth }) => (
        <li key={dataset.id} style={{ marginLeft: Math.min(depth, mostSteps) * stepWidth }}>
          <Paper withBorder p="xs" className={classes.card} data-self={dataset.id === self || undefined}>
            <Link to={`/datasets/${dataset.id}/lineage`} className={classes.name}>
              <Name wrap>{dataset.name}</Name>
            </Link>
            <Group gap={6} mt={4}>
              <StateBadge dataset={dataset} />
              {dataset.id === self && (
                <Badge variant="filled" tt="none">
                  {t.thisDataset}
                </Badge>
              )}
            </Group>
            {steps
              .filter(({ to }) => to === dataset.id)
              .map((step) => (
                <Text key={step.from} size="xs" c="dimmed" mt={4}>
                  {t.from}
                  <Name wrap>{names.get(step.from) ?? ""}</Name>, <Name wrap>{wordsOf(step, titleOf)}</Name>
                </Text>
              ))}
          </Paper>
        </li>
      ))}
    </ol>
  );
}
