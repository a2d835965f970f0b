import { Anchor, Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link, useParams } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { EmptyState } from "../components/EmptyState";
import { FrameIcon, PlusIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import homeClasses from "../datasets/cards.module.css";
import { DatasetCard } from "../datasets/DatasetCard";
import { visits as t } from "../messages/en";
import { useZonePortal } from "../session/useSiteName";
import { formatBytes, formatCoreHours, plural } from "../text/format";
import { DatasetActions, type DatasetDialogs } from "./DatasetActions";
import { NewData } from "./NewData";
import { Notes } from "./Notes";
import { People } from "./People";
import { Samples } from "./Samples";
import { VisitBadge } from "./VisitBadge";

const maxArrivals = 3;
const maxDatasets = 100;

/** A visit: what arrives, its samples, notes, people and datasets. */
export default function VisitPage({ dialogs }: { dialogs: DatasetDialogs }) {
  const { visit: name = "" } = useParams();
  usePageTitle(name);
  const query = useQuery({
    queryKey: ["visits", name],
    queryFn: () => must(api.GET("/visits/{visit}", { params: { path: { visit: name } } })),
    retry: false,
  });
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheVisit} onRetry={() => query.refetch()} />;
  return <Page visit={query.data} dialogs={dialogs} />;
}

function Page({ visit, dialogs }: { visit: Schemas["VisitInfo"]; dialogs: DatasetDialogs }) {
  const owner = visit.name;
  const datasets = useQuery({
    queryKey: ["live", "datasets", owner],
    queryFn: () => must(api.GET("/datasets", { params: { query: { owner, order: "newest", limit: maxDatasets } } })),
  });
  const list = datasets.data?.items ?? [];
  return (
    <>
      <Header visit={visit} />
      <Stack gap="xl">
        <NewData
          visit={owner}
          most={maxArrivals}
          actions={(dataset) => <DatasetActions dataset={dataset} dialogs={dialogs} />}
        />
        <Samples visit={visit} />
        <Notes visit={visit} datasets={list} />
        <ProblemAlert error={datasets.error} title={t.couldNotLoadTheDatasets} />
        {datasets.isSuccess && (
          <Section
            title={datasets.data.next ? t.theNewestDatasets(maxDatasets) : plural(list.length, t.countDatasets)}
            more={{ to: `/search?q=${encodeURIComponent(`owner:${owner}`)}`, label: t.search }}
          >
            {list.length === 0 ? (
              <EmptyState icon={<FrameIcon size={26} />} title={t.noDatasetsYet}>
                {t.datasetsNamed}
                <Name>{`${owner}/NAME`}</Name>
                {t.belongToThisVisit}
              </EmptyState>
            ) : (
              <ul className={homeClasses.cards} aria-label={t.datasets}>
                {list.map((dataset) => (
                  <DatasetCard
                    key={dataset.id}
                    dataset={dataset}
                    {...end(dataset)}
                    badge={isProved(dataset) && <ProvedBadge />}
                    actions={<DatasetActions dataset={dataset} dialogs={dialogs} />}
                  />
                ))}
              </ul>
            )}
          </Section>
        )}
        <People visit={visit} />
      </Stack>
    </>
  );
}

/** Whether other sites hold all bytes of a dataset and have signed that; bytes that a program computes again are no proof. */
function isProved({ eviction, reproducibleBy }: Schemas["DatasetInfo"]): boolean {
  return (eviction === "held" || eviction === "evicted") && !reproducibleBy;
}

function ProvedBadge() {
  return (
    <Badge variant="light" color="green" tt="none" fw={600} title={t.otherSitesHaveSigned}>
      {t.heldElsewhere}
    </Badge>
  );
}

/** The time that matters of a dataset: when it expires, or else when it was created. */
function end(dataset: Schemas["DatasetInfo"]): { what: string; time: string } {
  return dataset.expires ? { what: "expires", time: dataset.expires } : { what: "created", time: dataset.created };
}

function Header({ visit }: { visit: Schemas["VisitInfo"] }) {
  const queries = useQueryClient();
  const [isEnding, setEnding] = useState(false);
  const zone = useZonePortal();
  const isRunning = visit.state === "running";
  return (
    <>
      <PageHeader
        title={
          <Group gap="sm" component="span">
            <Name>{visit.name}</Name>
            <VisitBadge visit={visit} />
          </Group>
        }
        actions={
          <>
            {visit.manager && isRunning && (
              <Button variant="default" onClick={() => setEnding(true)}>
                {t.endVisit}
              </Button>
            )}
            {visit.state !== "ended" && (
              <Button
                component={Link}
                to={`/new?owner=${encodeURIComponent(visit.name)}`}
                leftSection={<PlusIcon size={16} />}
              >
                {t.newDataset}
              </Button>
            )}
          </>
        }
      >
        {visit.title && <Name wrap>{visit.title}</Name>}
      </PageHeader>
      <Group gap="lg" mb="lg" component="dl" m={0}>
        <Fact label={t.proposal}>
          <Name>{visit.proposal}</Name>
        </Fact>
        {visit.instrument && (
          <Fact label={t.instrument}>
            <Anchor component={Link} to={`/instruments/${encodeURIComponent(visit.instrument)}`}>
              <Name>{visit.instrument}</Name>
            </Anchor>
          </Fact>
        )}
        <Fact label={t.begin}>
          <Time value={visit.begin} exact />
        </Fact>
        <Fact label={t.end}>
          <Time value={visit.end} exact />
        </Fact>
        <Fact label={t.openToEveryone}>{visit.embargo ? <Time value={visit.embargo} exact /> : "no"}</Fact>
        {visit.keepDays && <Fact label={t.datasetsExpireAfter}>{plural(visit.keepDays, t.countDays)}</Fact>}
        <Use owner={visit.name} />
        {visit.copies && (
          <Fact label={t.copiedToOtherSites}>
            {t.ofDatasets(visit.copies.copied, plural(visit.copies.datasets, t.countDatasets))}
          </Fact>
        )}
        {zone && !visit.copies && (
          <Fact label={t.copiedToOtherSites}>
            <Anchor href={`${zone}/visits/${encodeURIComponent(visit.name)}`}>{t.countedAtTheZone}</Anchor>
          </Fact>
        )}
      </Group>
      <ConfirmDialog
        title={t.end2(visit.name)}
        action={t.endVisit}
        isOpen={isEnding}
        onClose={() => setEnding(false)}
        onConfirm={async () => {
          await must(api.POST("/visits/{visit}/end", { params: { path: { visit: visit.name } } }));
          await queries.invalidateQueries({ queryKey: ["visits"] });
        }}
      >
        {t.itsDatasetsCanBeReadAfterwards}
      </ConfirmDialog>
    </>
  );
}

/** What the datasets take of the disk, and of their quota. */
function Use({ owner }: { owner: string }) {
  const query = useQuery({
    queryKey: ["quota", owner],
    queryFn: () => must(api.GET("/owners/{owner}/quota", { params: { path: { owner } } })),
    retry: false,
  });
  if (!query.data) return null;
  const { bytes, quotaBytes, entries, coreHours = 0, budgetCoreHours } = query.data;
  return (
    <>
      <Fact label={t.stored}>
        {formatBytes(bytes)}
        {quotaBytes ? t.of(formatBytes(quotaBytes)) : ""}, {plural(entries, t.countFiles)}
        {quotaBytes && bytes > 0.9 * quotaBytes ? (
          <Badge ml={6} color="orange" variant="light" tt="none">
            {t.nearlyFull}
          </Badge>
        ) : null}
      </Fact>
      {(coreHours > 0 || budgetCoreHours !== undefined) && (
        <Fact label={t.coreHours}>{formatCoreHours(query.data)}</Fact>
      )}
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </div>
  );
}
