import "@xyflow/react/dist/style.css";
import { Badge, Group, Paper, Text, useComputedColorScheme } from "@mantine/core";
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from "@xyflow/react";
import { useMemo } from "react";
import { Link } from "react-router";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { StateBadge } from "../datasets/StateBadge";
import { lineage as t } from "../messages/en";
import type { Titles } from "../runs/useTitles";
import { formatBytes, plural } from "../text/format";
import classes from "./Graph.module.css";
import { type PlacedDataset, type Step, wordsOf } from "./layout";

type DatasetNode = Node<{ dataset: Schemas["DatasetInfo"]; isSelf: boolean }, "dataset">;

const nodeTypes = { dataset: DatasetCard };

/** The graph of datasets, parents left of children. */
export default function Graph({
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
  const scheme = useComputedColorScheme("light");
  const nodes = useMemo<DatasetNode[]>(
    () =>
      datasets.map(({ dataset, x, y }) => ({
        id: dataset.id,
        type: "dataset",
        position: { x, y },
        data: { dataset, isSelf: dataset.id === self },
        ariaLabel: dataset.name,
      })),
    [datasets, self],
  );
  const edges = useMemo<Edge[]>(
    () =>
      steps.map(({ from, to, snapshot, run, input }) => ({
        id: `${from}-${to}`,
        source: from,
        target: to,
        label: wordsOf({ snapshot, run, input }, titleOf),
        animated: run?.state === "running",
        markerEnd: { type: MarkerType.ArrowClosed },
      })),
    [steps, titleOf],
  );
  const rows = new Set(datasets.map(({ y }) => y)).size;
  return (
    <Paper withBorder className={classes.graph} style={{ height: Math.min(620, 200 + rows * 90) }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ minZoom: 0.55, maxZoom: 1, padding: 0.15 }}
        minZoom={0.1}
        nodesDraggable={false}
        nodesConnectable={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </Paper>
  );
}

function DatasetCard({ data: { dataset, isSelf } }: NodeProps<DatasetNode>) {
  return (
    <div className={classes.card} data-self={isSelf || undefined}>
      <Handle type="target" position={Position.Left} className={classes.handle} />
      <Link to={`/datasets/${dataset.id}/lineage`} className={classes.name}>
        <Name>{dataset.name}</Name>
      </Link>
      <Group gap={6} mt={4} wrap="nowrap">
        <StateBadge dataset={dataset} />
        {isSelf && (
          <Badge variant="filled" tt="none">
            {t.thisDataset}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed" mt={4} truncate>
        {plural(dataset.files, t.countEntries)}, {formatBytes(dataset.bytes)}
      </Text>
      <Handle type="source" position={Position.Right} className={classes.handle} />
    </div>
  );
}
