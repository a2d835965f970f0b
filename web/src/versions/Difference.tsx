import { Alert, Anchor, Badge, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { Link } from "react-router";
import { apiRoot, encodePath } from "../api/base";
import type { Schemas } from "../api/client";
import { readLines } from "../api/lines";
import { EmptyState } from "../components/EmptyState";
import { CheckIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { formatBytes, formatCount } from "../text/format";
import classes from "./Difference.module.css";

type Line = Schemas["DiffLine"];
const most = 20_000;
const looks: Record<string, { color: string; sign: string }> = {
  added: { color: "green", sign: "+" },
  removed: { color: "red", sign: "−" },
  changed: { color: "yellow", sign: "±" },
};

async function readDifference(dataset: string, from: string, to: string) {
  const lines: Line[] = [];
  const end = await readLines<Line>(
    `${apiRoot}/datasets/${dataset}/diff?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`,
    (line) => {
      lines.push(line);
      return lines.length < most;
    },
  );
  return { lines, isWhole: end !== undefined };
}

/** The differences between two versions. */
export function Difference({ dataset, from, to }: { dataset: string; from: string; to: string }) {
  const query = useQuery({
    queryKey: ["diff", dataset, from, to],
    queryFn: () => readDifference(dataset, from, to),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (query.isPending) return <Loading label="Comparing" />;
  if (query.isError)
    return <ProblemAlert error={query.error} title="Could not compare the versions" onRetry={() => query.refetch()} />;
  const { lines, isWhole } = query.data;
  if (lines.length === 0) return <EmptyState icon={<CheckIcon size={26} />} title="No differences" />;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {["added", "changed", "removed"].map((change) => (
          <Badge key={change} variant="light" color={looks[change]?.color} tt="none">
            {formatCount(lines.filter((line) => line.change === change).length)} {change}
          </Badge>
        ))}
      </Group>
      {!isWhole && (
        <Alert variant="light">Showing the first {formatCount(most)} differences. Run `hutch diff` to see all.</Alert>
      )}
      <Lines lines={lines} addressOf={(line) => addressOf(dataset, line, from, to)} />
    </Stack>
  );
}

/** Where an entry can be seen: what was removed, in the version that still has it. */
function addressOf(dataset: string, { path, change, before, after }: Line, from: string, to: string): string {
  const isFolder = (after ?? before)?.kind === "directory";
  const at = encodeURIComponent(change === "removed" ? from : to);
  return `/datasets/${dataset}/files/${encodePath(path)}${isFolder ? "/" : ""}?at=${at}`;
}

function Lines({ lines, addressOf }: { lines: Line[]; addressOf: (line: Line) => string }) {
  const viewport = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => 34,
    overscan: 12,
  });
  return (
    <Paper withBorder style={{ overflow: "hidden" }}>
      <div ref={viewport} className={classes.viewport} tabIndex={0} role="list" aria-label="Differences">
        <div style={{ height: rows.getTotalSize(), position: "relative" }} role="presentation">
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index] as Line;
            return (
              <div
                key={index}
                className={classes.line}
                style={{ transform: `translateY(${start}px)` }}
                role="listitem"
                data-change={line.change}
              >
                <span className={classes.sign} title={line.change}>
                  {looks[line.change]?.sign}
                </span>
                <Anchor component={Link} to={addressOf(line)} size="sm" truncate flex={1} miw={0} c="inherit">
                  <Name>{line.path}</Name>
                </Anchor>
                <Text size="sm" c="dimmed" className={classes.size}>
                  {sizes(line)}
                </Text>
              </div>
            );
          })}
        </div>
      </div>
    </Paper>
  );
}

function sizes({ before, after }: Line): string {
  if (before?.kind === "file" && after?.kind === "file" && before.size !== after.size)
    return `${formatBytes(before.size)} → ${formatBytes(after.size)}`;
  return formatBytes((after ?? before)?.size);
}
