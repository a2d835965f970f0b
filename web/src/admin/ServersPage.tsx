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
import { admin as t } from "../messages/en";
import { formatCount, formatSeconds } from "../text/format";

type Server = Schemas["SiteServerInfo"];
type Store = Schemas["StoreInfo"];

const renewMs = 5_000;
const colours: Record<string, string> = { ok: "green", failed: "red", silent: "red", unreachable: "yellow" };

/** The servers of the site, and the stores that they share. */
export default function ServersPage() {
  usePageTitle(t.servers);
  const query = useQuery({
    queryKey: ["engine"],
    queryFn: () => must(api.GET("/admin/engine")),
    refetchInterval: renewMs,
  });
  const servers = query.data?.servers ?? [];
  const stores = query.data?.stores ?? [];
  return (
    <>
      <PageHeader title={t.servers}>{t.serversOfThisSiteUpdatesEvery}</PageHeader>
      {query.isPending && <Loading />}
      {query.isError && (
        <ProblemAlert error={query.error} title={t.couldNotLoadTheServers} onRetry={() => query.refetch()} />
      )}
      {query.isSuccess && servers.length === 0 && stores.length === 0 && (
        <EmptyState icon={<ServerIcon size={26} />} title={t.oneServer}>
          {t.theWholeSite}
        </EmptyState>
      )}
      {(servers.length > 0 || stores.length > 0) && (
        <Stack gap="xl">
          <Troubles servers={servers} stores={stores} />
          <Section title={t.servers}>
            <ServerTable servers={servers} />
          </Section>
          <Section title={t.sharedStores}>
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
    <WideTable label={t.servers} minWidth={980}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.server}</Table.Th>
          <Table.Th w={110}>{t.state}</Table.Th>
          <Table.Th w={90}>{t.version}</Table.Th>
          <Table.Th w={120}>{t.started}</Table.Th>
          <Table.Th w={110}>{t.lastHeard}</Table.Th>
          <Table.Th w={100} ta="right">
            {t.behind}
          </Table.Th>
          <Table.Th w={90} ta="right">
            {t.captures}
          </Table.Th>
          <Table.Th w={170}>{t.watches}</Table.Th>
          <Table.Th w={170}>{t.siteWideJobs}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {servers.map((server) => (
          <Table.Tr key={server.id}>
            <Table.Td>
              <Name>{server.name}</Name>
              {server.isThis && t.answersNow}
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
            <Table.Td>{t.ago(formatSeconds(server.silentSeconds))}</Table.Td>
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
    <WideTable label={t.sharedStores} minWidth={480}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={150}>{t.store}</Table.Th>
          <Table.Th>{t.address}</Table.Th>
          <Table.Th w={120} ta="right">
            {t.answersIn}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {stores.map((store) => (
          <Table.Tr key={store.name}>
            <Table.Td>{store.name}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{store.where}</Table.Td>
            <Table.Td ta="right">{store.trouble ? "–" : t.ms((store.seconds * 1000).toFixed(1))}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
