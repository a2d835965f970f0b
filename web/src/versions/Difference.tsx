import { Alert, Anchor, Badge, Button, Group, Paper, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { apiRoot } from "../api/base";
import type { Schemas } from "../api/client";
import { readLines } from "../api/lines";
import { EmptyState } from "../components/EmptyState";
import { CheckIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useRows } from "../grid/useRows";
import { versions as t } from "../messages/en";
import { formatBytes, formatCount } from "../text/format";
import classes from "./Difference.module.css";
import { FileDifference } from "./FileDifference";
import { hasEqualContent, type Side } from "./side";

type Line = Schemas["DiffLine"];
const most = 20_000;
const looks: Record<string, { color: string; sign: string }> = {
  added: { color: "green", sign: "+" },
  removed: { color: "red", sign: "−" },
  changed: { color: "yellow", sign: "±" },
};

async function readDifference(before: Side, after: Side) {
  const query = new URLSearchParams();
  if (before.at) query.set("from", before.at);
  if (after.at) query.set("to", after.at);
  if (after.dataset.id !== before.dataset.id || !before.at) query.set("with", after.dataset.id);
  const lines: Line[] = [];
  const end = await readLines<Line>(`${apiRoot}/datasets/${before.dataset.id}/diff?${query}`, (line) => {
    lines.push(line);
    return lines.length < most;
  });
  return { lines, isWhole: end !== undefined };
}

interface DifferenceProps {
  before: Side;
  after: Side;
  /** The path whose two versions are shown; none for the list. */
  path: string | undefined;
  /** The address that shows a path, or the list again. */
  searchOf: (path: string | undefined) => string;
  /** Takes a file back from the older version; absent for who may not. */
  takeBack?: ((path: string) => ReactNode) | undefined;
}

/** The differences between two versions, of one dataset or of two: the list, or one file of it. */
export function Difference({ before, after, path, searchOf, takeBack }: DifferenceProps) {
  const query = useQuery({
    queryKey: ["diff", before.dataset.id, before.at, after.dataset.id, after.at],
    queryFn: () => readDifference(before, after),
    // A fixed version never changes; the present state of a dataset does.
    staleTime: before.at && after.at ? Number.POSITIVE_INFINITY : undefined,
  });
  // Two datasets have few times in common.
  const [withEqual, setWithEqual] = useState(before.dataset.id === after.dataset.id);
  if (query.isPending) return <Loading label={t.comparing} />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotCompareTheVersions} onRetry={() => query.refetch()} />;
  const { lines: all, isWhole } = query.data;
  const lines = withEqual ? all : all.filter((line) => !hasEqualContent(line));
  if (all.length === 0) return <EmptyState icon={<CheckIcon size={26} />} title={t.noDifferences} />;
  const shown = path === undefined ? undefined : lines.findIndex((line) => line.path === path);
  if (path !== undefined && shown !== undefined)
    return (
      <Stack gap="md">
        <Group justify="space-between" gap="xs">
          <Text fw={600} miw={0}>
            <Name wrap>{path}</Name>
          </Text>
          <Group gap="xs">
            {takeBack?.(path)}
            <Step to={shown > 0 ? searchOf(lines[shown - 1]?.path) : undefined}>{t.previous}</Step>
            <Step to={shown >= 0 && shown < lines.length - 1 ? searchOf(lines[shown + 1]?.path) : undefined}>
              {t.next}
            </Step>
            <Step to={searchOf(undefined)}>{t.allDifferences}</Step>
          </Group>
        </Group>
        {lines[shown] ? (
          <FileDifference key={path} line={lines[shown]} before={before} after={after} />
        ) : (
          <EmptyState icon={<CheckIcon size={26} />} title={t.theSameInBoth} />
        )}
      </Stack>
    );
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {["added", "changed", "removed"].map((change) => (
          <Badge key={change} variant="light" color={looks[change]?.color} tt="none">
            {formatCount(lines.filter((line) => line.change === change).length)} {change}
          </Badge>
        ))}
        {before.dataset.id !== after.dataset.id && (
          <Switch
            size="sm"
            label={t.alsoEqualContent}
            checked={withEqual}
            onChange={(event) => setWithEqual(event.currentTarget.checked)}
          />
        )}
      </Group>
      {!isWhole && <Alert variant="light">{t.showingTheFirstDifferencesRunHutch(formatCount(most))}</Alert>}
      <Lines lines={lines} searchOf={searchOf} />
    </Stack>
  );
}

/** A step to another difference; without an address there is none. */
function Step({ to, children }: { to: string | undefined; children: string }) {
  return to === undefined ? (
    <Button size="compact-xs" variant="default" disabled>
      {children}
    </Button>
  ) : (
    <Button component={Link} size="compact-xs" variant="default" to={{ search: to }} replace>
      {children}
    </Button>
  );
}

function Lines({ lines, searchOf }: { lines: Line[]; searchOf: (path: string) => string }) {
  const rows = useRows({ count: lines.length, rowHeight: 34 });
  return (
    <Paper withBorder style={{ overflow: "hidden" }}>
      <div ref={rows.scroller} className={classes.viewport} tabIndex={0} role="list" aria-label={t.differences}>
        <div style={{ height: rows.height, position: "relative" }} role="presentation">
          {lines.slice(rows.first, rows.last + 1).map((line, i) => {
            const place = rows.first + i;
            return (
              <div
                key={place}
                className={classes.line}
                style={{ transform: `translateY(${rows.topOf(place)}px)` }}
                role="listitem"
                data-change={line.change}
              >
                <span className={classes.sign} title={line.change}>
                  {looks[line.change]?.sign}
                </span>
                <Anchor
                  component={Link}
                  to={{ search: searchOf(line.path) }}
                  size="sm"
                  truncate
                  flex={1}
                  miw={0}
                  c="inherit"
                >
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
