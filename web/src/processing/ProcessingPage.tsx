import { Badge, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { WorkClasses } from "../components/WorkClasses";
import { BrokerQueueTable } from "./BrokerQueueTable";
import { CaptureTable } from "./CaptureTable";
import { Problems } from "./Problems";
import { QueueTable } from "./QueueTable";
import { RunTable } from "./RunTable";
import { WorkerTable } from "./WorkerTable";

/**
 * Rates and lags change all the time, also while nothing happens, and no event tells them: so they are asked for, from the memory of the
 * server. A hidden tab does not ask.
 */
const renewMs = 2_000;

/** Captures, runs, workers and queues at this moment, and first of all what is slow, stuck or gone: `hutch top` as a page. */
export default function ProcessingPage() {
  usePageTitle("Processing");
  const query = useQuery({
    queryKey: ["live"],
    queryFn: () => must(api.GET("/live")),
    refetchInterval: renewMs,
  });
  const { data } = query;
  return (
    <>
      <PageHeader title="Processing">
        {data?.everything === false ? "Your captures and runs" : "Captures, runs and workers of this site"} as they are
        now
      </PageHeader>
      {query.isPending && <Loading />}
      <Stack gap="xl">
        {query.isError && (
          <ProblemAlert
            error={query.error}
            title={data ? "This is the last known state; it is not being updated" : "Could not load the page"}
            onRetry={() => query.refetch()}
          />
        )}
        {data && (
          <>
            <Problems live={data} />
            <RunTable live={data} />
            <CaptureTable live={data} />
            {data.everything && (
              <>
                <WorkerTable live={data} />
                <QueueTable queues={data.queues} />
                {data.services.some(({ name }) => name === "broker") && <BrokerQueueTable queues={data.brokerQueues} />}
                <Stack gap="sm">
                  <Services services={data.services} />
                  <WorkClasses classes={data.classes} />
                </Stack>
              </>
            )}
          </>
        )}
      </Stack>
    </>
  );
}

const serviceColours: Record<string, string> = { ok: "green", off: "gray" };

function Services({ services }: { services: Schemas["ServiceInfo"][] }) {
  return (
    <Group gap="xs" role="list" aria-label="Services">
      {services.map(({ name, state, message }) => (
        <Group key={name} gap={6} role="listitem">
          <Badge variant="light" tt="none" color={serviceColours[state] ?? "red"}>
            {name}: {state}
          </Badge>
          {message && (
            <Text size="sm">
              <Name wrap>{message}</Name>
            </Text>
          )}
        </Group>
      ))}
    </Group>
  );
}
