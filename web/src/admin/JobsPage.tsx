import { Alert, Badge, Button, Code, Group, Paper, Progress, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { SettingsIcon, WarningIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { usePageTitle } from "../shell/usePageTitle";

const kinds: Record<string, { label: string; words: string }> = {
  gc: { label: "Collect garbage", words: "Frees what nothing names any more" },
  scrub: { label: "Scrub", words: "Reads every byte again and compares it with its hash" },
  checkpoint: { label: "Checkpoint", words: "Writes the records anew, so that a rebuild is short" },
};
const colours: Record<string, string> = { running: "blue", done: "green", failed: "red" };

/** Work of the site on itself. */
export default function JobsPage() {
  usePageTitle("Jobs");
  const work = useWork();
  const query = useQuery({
    queryKey: ["jobs"],
    queryFn: () => must(api.GET("/jobs")),
    refetchInterval: ({ state }) => (state.data?.items?.some((job) => job.state === "running") ? 1000 : false),
  });
  const start = (kind: string) =>
    work.run(async () => {
      await must(api.POST("/jobs", { body: { kind } }));
      await query.refetch();
    });
  const jobs = query.data?.items ?? [];
  return (
    <>
      <PageHeader title="Jobs">What the site does for its own good, since its start</PageHeader>
      <Stack>
        <Warnings />
        <Group gap="xs">
          {Object.entries(kinds).map(([kind, { label, words }]) => (
            <Button key={kind} variant="default" onClick={() => start(kind)} title={words}>
              {label}
            </Button>
          ))}
        </Group>
        <ProblemAlert error={work.error} title="The job did not start" />
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title="The jobs could not be listed" onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && jobs.length === 0 && (
          <EmptyState icon={<SettingsIcon size={26} />} title="No job has run">
            The site also starts them by itself, when it is time.
          </EmptyState>
        )}
        {jobs.length > 0 && (
          <Paper withBorder style={{ overflowX: "auto", position: "relative" }}>
            <Table aria-label="Jobs" miw={560}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={150}>Job</Table.Th>
                  <Table.Th w={100}>State</Table.Th>
                  <Table.Th w={130}>Started</Table.Th>
                  <Table.Th>Result</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {jobs.map((job) => (
                  <Table.Tr key={job.id}>
                    <Table.Td>{kinds[job.kind]?.label ?? job.kind}</Table.Td>
                    <Table.Td>
                      <Badge variant="light" tt="none" color={colours[job.state] ?? "gray"}>
                        {job.state}
                      </Badge>
                    </Table.Td>
                    <Table.Td>
                      <Text size="sm" c="dimmed">
                        <Time value={job.started} />
                      </Text>
                    </Table.Td>
                    <Table.Td>
                      {job.state === "running" && job.progress !== undefined && job.progress !== null ? (
                        <Progress value={job.progress * 100} aria-label="Progress" />
                      ) : job.result === undefined || job.result === null ? (
                        "–"
                      ) : (
                        <Code style={{ overflowWrap: "anywhere" }}>
                          {typeof job.result === "string" ? job.result : JSON.stringify(job.result)}
                        </Code>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Paper>
        )}
      </Stack>
    </>
  );
}

/** What an operator should see to. */
function Warnings() {
  const query = useQuery({ queryKey: ["warnings"], queryFn: () => must(api.GET("/warnings")) });
  return (
    <>
      {query.data?.items.map((warning) => (
        <Alert
          key={`${warning.kind} ${warning.message}`}
          color="yellow"
          variant="light"
          title={warning.message}
          icon={<WarningIcon />}
        >
          {warning.advice}
        </Alert>
      ))}
    </>
  );
}
