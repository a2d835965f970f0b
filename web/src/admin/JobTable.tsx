import { Progress, Table, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { StatusBadge } from "../components/StatusBadge";
import { Time } from "../components/Time";
import { WideTable } from "../components/WideTable";

/** Jobs an operator can start. */
export const jobKinds: Record<string, { label: string; description: string }> = {
  gc: {
    label: "Collect garbage",
    description: "Frees the space of data that nothing refers to. Takes minutes to hours, by the amount of data.",
  },
  scrub: {
    label: "Scrub",
    description: "Reads all data and verifies it against its checksums. Takes hours on a large site.",
  },
  checkpoint: {
    label: "Checkpoint",
    description: "Writes a checkpoint of the records, which speeds up a rebuild. Takes seconds to minutes.",
  },
};

/** Jobs that only the server or the command line starts. */
const labels: Record<string, string> = { backup: "Backup", rebuild: "Rebuild" };
const colours: Record<string, string> = { running: "blue", done: "green", failed: "red" };

/** Maintenance jobs and their results. */
export function JobTable({ jobs }: { jobs: Schemas["JobInfo"][] }) {
  return (
    <WideTable label="Jobs" minWidth={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={150}>Job</Table.Th>
          <Table.Th w={100}>Status</Table.Th>
          <Table.Th w={130}>Started</Table.Th>
          <Table.Th>Result</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {jobs.map((job) => (
          <Table.Tr key={job.id}>
            <Table.Td>{jobKinds[job.kind]?.label ?? labels[job.kind] ?? job.kind}</Table.Td>
            <Table.Td>
              <StatusBadge colours={colours}>{job.state}</StatusBadge>
            </Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed">
                <Time value={job.started} />
              </Text>
            </Table.Td>
            <Table.Td>
              {job.state === "running" && job.progress !== undefined && job.progress !== null ? (
                <Progress value={job.progress * 100} aria-label="Progress" />
              ) : (
                <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                  {job.message ?? "–"}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
