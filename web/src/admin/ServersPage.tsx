import { Alert, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { ServerIcon, WarningIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { StatusBadge } from "../components/StatusBadge";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { WideTable } from "../components/WideTable";
import { formatCount, formatSeconds } from "../text/format";

type Server = Schemas["SiteServerInfo"];
type Store = Schemas["StoreInfo"];

const renewMs = 5_000;
const colours: Record<string, string> = { ok: "green", failed: "red", silent: "red", unreachable: "yellow" };

/** The servers of the site, and the stores that they share. */
export default function ServersPage() {
  usePageTitle("Servers");
  const query = useQuery({
    queryKey: ["engine"],
    queryFn: () => must(api.GET("/admin/engine")),
    refetchInterval: renewMs,
  });
  const servers = query.data?.servers ?? [];
  const stores = query.data?.stores ?? [];
  return (
    <>
      <PageHeader title="Servers">Servers of this site. Updates every 5 seconds.</PageHeader>
      {query.isPending && <Loading />}
      {query.isError && (
        <ProblemAlert error={query.error} title="Could not load the servers" onRetry={() => query.refetch()} />
      )}
      {query.isSuccess && servers.length === 0 && stores.length === 0 && (
        <EmptyState icon={<ServerIcon size={26} />} title="One server">
          The whole site is in its data folder.
        </EmptyState>
      )}
      {(servers.length > 0 || stores.length > 0) && (
        <Stack gap="xl">
          <Troubles servers={servers} stores={stores} />
          <Section title="Servers">
            <ServerTable servers={servers} />
          </Section>
          <Section title="Shared stores">
            <StoreTable stores={stores} />
          </Section>
        </Stack>
      )}
    </>
  );
}

/** What is wrong, before all else. */
function Troubles({ servers, stores }: { servers: Server[]; stores: Store[] }) {
  return [
    ...servers.map(({ id, name, trouble }) => ({ id, name, trouble })),
    ...stores.map((one) => ({ ...one, id: one.where })),
  ]
    .filter(({ trouble }) => trouble)
    .map(({ id, name, trouble }) => (
      <Alert key={`${id} ${name}`} color="yellow" variant="light" title={name} icon={<WarningIcon />}>
        {trouble}
      </Alert>
    ));
}

function ServerTable({ servers }: { servers: Server[] }) {
  return (
    <WideTable label="Servers" minWidth={980}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Server</Table.Th>
          <Table.Th w={110}>State</Table.Th>
          <Table.Th w={90}>Version</Table.Th>
          <Table.Th w={120}>Started</Table.Th>
          <Table.Th w={110}>Last heard</Table.Th>
          <Table.Th w={100} ta="right">
            Behind
          </Table.Th>
          <Table.Th w={90} ta="right">
            Captures
          </Table.Th>
          <Table.Th w={170}>Watches</Table.Th>
          <Table.Th w={170}>Site-wide jobs</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {servers.map((server) => (
          <Table.Tr key={server.id}>
            <Table.Td>
              <Name>{server.name}</Name>
              {server.isThis && " (answers now)"}
              <Text size="xs" c="dimmed" ff="monospace" title={server.id}>
                {server.id.slice(0, 8)}
              </Text>
            </Table.Td>
            <Table.Td>
              <StatusBadge colours={colours}>{server.state}</StatusBadge>
            </Table.Td>
            <Table.Td>{server.version ?? "–"}</Table.Td>
            <Table.Td>
              <Time value={server.started} />
            </Table.Td>
            <Table.Td>{formatSeconds(server.silentSeconds)} ago</Table.Td>
            <Table.Td ta="right">{formatCount(server.recordsBehind)}</Table.Td>
            <Table.Td ta="right">{formatCount(server.captures)}</Table.Td>
            <Table.Td>
              <Lines of={server.watched ?? []} />
            </Table.Td>
            <Table.Td>
              <Lines of={server.jobs} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

function Lines({ of }: { of: string[] }) {
  if (of.length === 0) return <>–</>;
  return of.map((line) => (
    <Text key={line} size="sm" style={{ overflowWrap: "anywhere" }}>
      {line}
    </Text>
  ));
}

function StoreTable({ stores }: { stores: Store[] }) {
  return (
    <WideTable label="Shared stores" minWidth={480}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={150}>Store</Table.Th>
          <Table.Th>Address</Table.Th>
          <Table.Th w={120} ta="right">
            Answers in
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {stores.map((store) => (
          <Table.Tr key={store.name}>
            <Table.Td>{store.name}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{store.where}</Table.Td>
            <Table.Td ta="right">{store.trouble ? "–" : `${(store.seconds * 1000).toFixed(1)} ms`}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
