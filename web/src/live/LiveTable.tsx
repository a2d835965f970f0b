import { Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Quiet, Section } from "../components/Section";
import { StatusBadge } from "../components/StatusBadge";
import { WideTable } from "../components/WideTable";
import { formatRelative, formatSeconds } from "../text/format";

interface LiveTableProps {
  title: string;
  /** What stands in place of a table without rows. */
  empty: ReactNode;
  /** The columns; numbers stand at the right of those that end with a #. */
  columns: string[];
  minWidth: number;
  rows: { key: string; cells: ReactNode[] }[];
}

/** A table of the page, under its heading. */
export function LiveTable({ title, empty, columns, minWidth, rows }: LiveTableProps) {
  const isNumber = columns.map((column) => column.endsWith("#"));
  const align = (place: number) => (isNumber[place] ? "right" : undefined);
  return (
    <Section title={title}>
      {rows.length === 0 ? (
        <Quiet>{empty}</Quiet>
      ) : (
        <WideTable label={title} minWidth={minWidth}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column, place) => (
                <Table.Th key={column} ta={align(place)} style={{ whiteSpace: "nowrap" }}>
                  {isNumber[place] ? column.slice(0, -1) : column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ key, cells }) => (
              <Table.Tr key={key}>
                {cells.map((cell, place) => (
                  <Table.Td key={columns[place]} ta={align(place)}>
                    {cell}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
      )}
    </Section>
  );
}

const colours: Record<string, string> = {
  queued: "yellow",
  running: "blue",
  working: "blue",
  idle: "gray",
  finishing: "gray",
  ok: "gray",
  behind: "orange",
  gone: "orange",
};

/** A state of `GET /live`; one that is not known to be good is red. */
export function State({ children }: { children: string }) {
  return (
    <StatusBadge colours={colours} other="red">
      {children}
    </StatusBadge>
  );
}

/** A count that should be 0. */
export function Bad({ count }: { count: number }) {
  return count === 0 ? <>0</> : <State>{String(count)}</State>;
}

/** How long ago something was when the server looked; its clock and that of the reader may differ. */
export function Ago({ time, now }: { time: string; now: string }) {
  return (
    <Text span size="sm">
      {formatRelative(new Date(time), new Date(now))}
    </Text>
  );
}

/** How long the oldest frame waits: 0.4 s, 12 s, 3 min; a dash for none. */
export function lag(seconds: number): string {
  return seconds < 0.05 ? "–" : seconds < 9.95 ? `${seconds.toFixed(1)} s` : formatSeconds(seconds);
}
