import { Progress, Table, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { StatusBadge } from "../components/StatusBadge";
import { Time } from "../components/Time";
import { WideTable } from "../components/WideTable";
import { admin as t } from "../messages/en";

/** Jobs an operator can start. */
export const jobKinds: Record<string, { label: string; description: string }> = {
  gc: {
    label: t.collectGarbage,
    description: t.freesTheSpaceOfData,
  },
  scrub: {
    label: t.scrub,
    description: t.readsAllDataAndVerifies,
  },
  checkpoint: {
    label: t.checkpoint,
    description: t.writesACheckpointOfTheRecords,
  },
};

/** Jobs that only the server or the command line starts. */
const labels: Record<string, string> = { backup: t.backup, rebuild: t.rebuild };
const colours: Record<string, string> = { running: "blue", done: "green", failed: "red" };

/** Maintenance jobs and their results. */
export function JobTable({ jobs }: { jobs: Schemas["JobInfo"][] }) {
  return (
    <WideTable label={t.jobs} minWidth={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={150}>{t.job}</Table.Th>
          <Table.Th w={100}>{t.state}</Table.Th>
          <Table.Th w={130}>{t.started}</Table.Th>
          <Table.Th>{t.result}</Table.Th>
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
                <Progress value={job.progress * 100} aria-label={t.progress} />
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
