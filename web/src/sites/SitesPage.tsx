import { Alert, Anchor, Badge, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { ServerIcon, WarningIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet, Section } from "../components/Section";
import { StatusBadge } from "../components/StatusBadge";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { WideTable } from "../components/WideTable";
import { sites as t } from "../messages/en";
import { formatBytes, formatCount } from "../text/format";
import { OnTheWay } from "./OnTheWay";
import { OpenPurges } from "./OpenPurges";

type Here = Schemas["ThisSite"];
type Site = Schemas["ZoneSiteInfo"];
type Rule = Schemas["RuleInfo"];

const renewMs = 5_000;
const colours: Record<string, string> = { connected: "green", disconnected: "red" };

/** The sites of the zone: how they are, and the rules for what is where. */
export default function SitesPage() {
  usePageTitle(t.sites);
  const sites = useQuery({
    queryKey: ["sites"],
    queryFn: () => must(api.GET("/sites")),
    refetchInterval: renewMs,
  });
  const rules = useQuery({
    queryKey: ["rules"],
    queryFn: () => must(api.GET("/rules")),
    refetchInterval: renewMs,
  });
  return (
    <>
      <PageHeader title={t.sites}>{t.whereTheDatasetsOfThisZone}</PageHeader>
      {sites.isPending && <Loading />}
      {sites.isError && (
        <ProblemAlert error={sites.error} title={t.couldNotLoadTheSites} onRetry={() => sites.refetch()} />
      )}
      {sites.data && (
        <Stack gap="xl">
          <Troubles sites={sites.data.items} />
          {sites.data.here.zone == null && <OpenPurges />}
          <ThisSite here={sites.data.here} />
          {sites.data.items.length === 0 ? (
            <EmptyState icon={<ServerIcon size={26} />} title={t.noOtherSite}>
              {t.inviteOne}
              <Code>hutch site invite NAME</Code>
              {t.itsOperatorJoinsWithTheToken}
            </EmptyState>
          ) : (
            <Section title={t.otherSites}>
              <SiteTable sites={sites.data.items} />
            </Section>
          )}
          {sites.data.here.zone == null && sites.data.items.length > 0 && <OnTheWay />}
          <Traffic here={sites.data.here} sites={sites.data.items} />
          <ProblemAlert error={rules.error} title={t.couldNotLoadTheRules} onRetry={() => rules.refetch()} />
          {rules.data && sites.data.items.length > 0 && (
            <Section title={t.rules}>
              {rules.data.items.length > 0 ? <RuleTable rules={rules.data.items} /> : <Quiet>{t.noRulesYet}</Quiet>}
            </Section>
          )}
        </Stack>
      )}
    </>
  );
}

/** What is wrong, before all else. */
function Troubles({ sites }: { sites: Site[] }) {
  return sites
    .filter(({ problem }) => problem)
    .map(({ name, problem }) => (
      <Alert key={name} color="yellow" variant="light" title={name} icon={<WarningIcon />}>
        {problem}
      </Alert>
    ));
}

function ThisSite({ here }: { here: Here }) {
  return (
    <Section title={t.thisSite}>
      <Group gap="xs">
        <Name>{here.name}</Name>
        <Labels labels={here.labels} />
      </Group>
      <Text size="sm" mt={4}>
        {here.zone ? t.siteOfTheZone(here.zone.address) : t.zoneServerManagesAccountsAndDataset}{" "}
        {here.address ? t.addressForOtherSites(here.address) : t.otherSitesCannotReach}
      </Text>
      <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
        {here.key}
      </Text>
    </Section>
  );
}

function SiteTable({ sites }: { sites: Site[] }) {
  return (
    <WideTable label={t.sites} minWidth={900}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={160}>{t.site}</Table.Th>
          <Table.Th w={130}>{t.state}</Table.Th>
          <Table.Th>{t.labels}</Table.Th>
          <Table.Th w={100} ta="right">
            {t.free}
          </Table.Th>
          <Table.Th w={130}>{t.lastHeard}</Table.Th>
          <Table.Th w={90}>{t.version}</Table.Th>
          <Table.Th>{t.address}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {sites.map((site) => (
          <Table.Tr key={site.name}>
            <Table.Td>
              <Name>{site.name}</Name>
            </Table.Td>
            <Table.Td>
              <StatusBadge colours={colours}>{site.state}</StatusBadge>
              <Takes site={site} />
            </Table.Td>
            <Table.Td>
              <Labels labels={site.labels} />
            </Table.Td>
            <Table.Td ta="right">{formatBytes(site.freeBytes)}</Table.Td>
            <Table.Td>{site.heard ? <Time value={site.heard} /> : "–"}</Table.Td>
            <Table.Td>{site.release ?? "–"}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{site.address ?? "–"}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

/** What sites exchange, as each server has counted it. */
function Traffic({ here, sites }: { here: Here; sites: Site[] }) {
  const lines = [here, ...sites].flatMap(({ name, traffic }) => (traffic ?? []).map((line) => ({ name, ...line })));
  if (lines.length === 0) return null;
  return (
    <Section title={t.traffic}>
      <WideTable label={t.traffic} minWidth={760}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.site}</Table.Th>
            <Table.Th>{t.with}</Table.Th>
            <Table.Th ta="right">{t.inNow}</Table.Th>
            <Table.Th ta="right">{t.outNow}</Table.Th>
            <Table.Th ta="right">{t.inLastDay}</Table.Th>
            <Table.Th ta="right">{t.outLastDay}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line) => (
            <Table.Tr key={`${line.name} ${line.site}`}>
              <Table.Td>
                <Name>{line.name}</Name>
              </Table.Td>
              <Table.Td>
                <Name>{line.site}</Name>
              </Table.Td>
              <Table.Td ta="right">{`${formatBytes(line.inPerSecond)}/s`}</Table.Td>
              <Table.Td ta="right">{`${formatBytes(line.outPerSecond)}/s`}</Table.Td>
              <Table.Td ta="right">{formatBytes(line.inDay)}</Table.Td>
              <Table.Td ta="right">{formatBytes(line.outDay)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
      <Text size="xs" c="dimmed" mt={4}>
        {t.ratesLastSTotalsLastHours}
      </Text>
    </Section>
  );
}

/** What a site does not take, and how much is left of one that is being emptied. */
function Takes({ site }: { site: Site }) {
  if (!site.intake || site.intake === "open") return null;
  return (
    <Text size="xs" mt={4}>
      {site.left == null ? site.intake : t.left(site.intake, formatCount(site.left))}
    </Text>
  );
}

function Labels({ labels }: { labels: Record<string, string> }) {
  return (
    <Group gap={4}>
      {Object.entries(labels).map(([label, value]) => (
        <Badge key={label} variant="outline" color="gray" tt="none">
          {`${label}=${value}`}
        </Badge>
      ))}
    </Group>
  );
}

function RuleTable({ rules }: { rules: Rule[] }) {
  return (
    <WideTable label={t.rules} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={70} ta="right">
            {t.rule}
          </Table.Th>
          <Table.Th>{t.whatItSays}</Table.Th>
          <Table.Th w={260}>{t.for}</Table.Th>
          <Table.Th w={130}>{t.madeBy}</Table.Th>
          <Table.Th w={130}>{t.ends}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rules.map((rule) => (
          <Table.Tr key={rule.number}>
            <Table.Td ta="right">{rule.number}</Table.Td>
            <Table.Td ff="monospace">{rule.rule}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>
              <Subject rule={rule} />
            </Table.Td>
            <Table.Td>{rule.createdBy}</Table.Td>
            <Table.Td>{rule.until ? <Time value={rule.until} /> : "never"}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

/** The datasets that a rule is about. */
function Subject({ rule }: { rule: Rule }) {
  if (rule.scope === "all") return <>{t.allDatasets}</>;
  if (rule.scope !== "dataset") return <>{`${rule.scope} ${rule.subject}`}</>;
  return (
    <Anchor component={Link} to={`/datasets/${rule.subject}`} size="sm">
      {t.datasetSubject(rule.subject ?? "")}
    </Anchor>
  );
}
