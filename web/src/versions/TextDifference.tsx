import { Alert, Anchor, Group, Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { versions as t } from "../messages/en";
import { decodeText } from "../text/decodeText";
import { formatCount, plural } from "../text/format";
import { fileSource } from "../viewers/source";
import { entryAddress, type SideEntry } from "./FileDifference";
import { diffLines, foldSame, type LinePair } from "./lineDiff";
import classes from "./TextDifference.module.css";

/** Larger texts are shown side by side, and not compared. */
export const mostTextBytes = 512 * 1024;
const mostRows = 5_000;

interface TextDifferenceProps {
  before: SideEntry;
  after: SideEntry;
  /** Said once when one of the two is no text, or they differ in too much. */
  otherwise: React.ReactNode;
}

/** Two texts, line by line, side by side. */
export function TextDifference({ before, after, otherwise }: TextDifferenceProps) {
  const query = useQuery({
    queryKey: ["text-difference", before.dataset.id, before.entry?.hash, after.dataset.id, after.entry?.hash],
    queryFn: async ({ signal }) => {
      const [old, now] = await Promise.all(
        [before, after].map(({ dataset, at, entry }) =>
          !entry || entry.size === 0
            ? new Uint8Array()
            : fileSource(dataset.id, entry.path, at).read(0, entry.size ?? mostTextBytes, signal),
        ),
      );
      return [decodeText(old as Uint8Array, false), decodeText(now as Uint8Array, false)] as const;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const pairs = useMemo(() => {
    const [old, now] = query.data ?? [];
    return old === undefined || now === undefined ? undefined : diffLines(old.split("\n"), now.split("\n"));
  }, [query.data]);
  if (query.isPending) return <Loading label={t.comparing} />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheTwoVersions} onRetry={() => query.refetch()} />;
  if (!pairs) return otherwise;
  const shown = foldSame(pairs);
  const changed = pairs.filter((pair) => !pair.isSame);
  return (
    <>
      <Group gap="lg">
        <Text size="sm">
          {t.removed(plural(changed.filter((pair) => pair.before !== undefined).length, t.countLines))}
        </Text>
        <Text size="sm">
          {t.added(plural(changed.filter((pair) => pair.after !== undefined).length, t.countLines))}
        </Text>
      </Group>
      {changed.length === 0 && (
        <Alert variant="light" py="xs">
          {t.theLinesAreTheSameOnly}
        </Alert>
      )}
      {changed.length > 0 && (
        <Paper withBorder className={classes.scroller} tabIndex={0} role="region" aria-label={t.linesSideBySide}>
          <table className={classes.lines}>
            <colgroup>
              <col className={classes.numbers} />
              <col />
              <col className={classes.numbers} />
              <col />
            </colgroup>
            <thead>
              <tr>
                {[before, after].map((side) => (
                  <th key={side.title} colSpan={2} scope="col">
                    <Anchor
                      component={Link}
                      inherit
                      aria-label={t.openSide(side.title)}
                      to={entryAddress(side, side.entry?.path ?? "")}
                    >
                      <Name>{side.label}</Name>
                    </Anchor>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, mostRows).map((row, index) =>
                typeof row === "number" ? (
                  <tr key={index} className={classes.same}>
                    <td colSpan={4}>{plural(row, t.countEqualLines)}</td>
                  </tr>
                ) : (
                  <Line key={index} pair={row} />
                ),
              )}
            </tbody>
          </table>
        </Paper>
      )}
      {shown.length > mostRows && (
        <Alert variant="light" py="xs">
          {t.showingTheFirstRows(formatCount(mostRows))}
        </Alert>
      )}
    </>
  );
}

function Line({ pair }: { pair: LinePair }) {
  return (
    <tr>
      <td className={classes.number}>{pair.beforeLine}</td>
      <td className={!pair.isSame && pair.before !== undefined ? classes.before : undefined}>
        {pair.isSame || pair.before === undefined ? pair.before : <del>{pair.before}</del>}
      </td>
      <td className={classes.number}>{pair.afterLine}</td>
      <td className={!pair.isSame && pair.after !== undefined ? classes.after : undefined}>
        {pair.isSame || pair.after === undefined ? pair.after : <ins>{pair.after}</ins>}
      </td>
    </tr>
  );
}
