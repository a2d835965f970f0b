import { Alert, Button, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { SettingsIcon, WarningIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { TextWithCode } from "../components/TextWithCode";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { admin as t } from "../messages/en";
import { JobTable, jobKinds } from "./JobTable";

/** Maintenance jobs. */
export default function JobsPage() {
  usePageTitle(t.jobs);
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
      <PageHeader title={t.jobs}>{t.maintenanceSinceTheServerStarted}</PageHeader>
      <Stack>
        <Warnings />
        <SimpleGrid cols={{ base: 1, md: 3 }} spacing="sm">
          {Object.entries(jobKinds).map(([kind, { label, description }]) => (
            <Paper key={kind} withBorder p="sm">
              <Button variant="default" onClick={() => start(kind)}>
                {label}
              </Button>
              <Text size="sm" mt="xs">
                {description}
              </Text>
              <Text size="xs" c="dimmed" mt={4}>
                {t.last}
                <Time value={jobs.find((job) => job.kind === kind)?.started} />
              </Text>
            </Paper>
          ))}
        </SimpleGrid>
        <ProblemAlert error={work.error} title={t.couldNotStartTheJob} />
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadTheJobs} onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && jobs.length === 0 && (
          <EmptyState icon={<SettingsIcon size={26} />} title={t.noJobsHaveRunYet}>
            {t.theServerAlsoRunsThem}
          </EmptyState>
        )}
        {jobs.length > 0 && <JobTable jobs={jobs} />}
      </Stack>
    </>
  );
}

/** Conditions that need an operator. */
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
          <TextWithCode>{warning.advice}</TextWithCode>
        </Alert>
      ))}
    </>
  );
}
