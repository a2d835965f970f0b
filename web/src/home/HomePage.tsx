import { Anchor, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { Link } from "react-router";
import { serverAddress } from "../api/base";
import { api, must } from "../api/client";
import { load } from "../api/load";
import { CopyField } from "../components/CopyField";
import { PlusIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { usePageTitle } from "../components/usePageTitle";
import classes from "../datasets/cards.module.css";
import { DatasetCard } from "../datasets/DatasetCard";
import { Offers } from "../datasets/Offers";
import { Requests } from "../datasets/Requests";
import { running } from "../live/running";
import { home as t } from "../messages/en";
import { recentDatasets } from "../recent/recent";
import { useSession } from "../session/session";
import { useServer } from "../session/useSiteName";
import { VisitCards } from "../visits/VisitCards";
import { ToDo } from "./ToDo";

/** Only a running visit needs its pictures and curves. */
const NewData = lazy(() => load(async () => ({ default: (await import("../visits/NewData")).NewData })));

/** Only work that is under way needs its tables. */
const Running = lazy(() => load(() => import("./Running")));

const most = 6;
const mostSources = 3;
/** Rates and lags change without events. A hidden tab does not ask. */
const renewMs = 5_000;

/** The page of a person: what waits for an answer, the running visit, what is under way, and where work goes on. */
export default function HomePage() {
  usePageTitle(t.home);
  const { me } = useSession();
  const user = me?.user ?? "";
  const recent = useMemo(() => recentDatasets(user).slice(0, most), [user]);
  const live = useQuery({
    queryKey: ["live-work"],
    queryFn: () => must(api.GET("/live")),
    refetchInterval: renewMs,
  });
  const work = live.data && running(live.data);
  const changed = useQuery({
    queryKey: ["live", "arrivals", "home"],
    queryFn: () => must(api.GET("/arrivals", { params: { query: { limit: most } } })),
  });
  const newest = useQuery({
    queryKey: ["datasets", "newest", "home"],
    // If new data fill their cards, the list of all datasets is more useful than six other cards.
    enabled: changed.isError || (changed.isSuccess && changed.data.items.length < most),
    queryFn: () => must(api.GET("/datasets", { params: { query: { order: "newest", limit: most } } })),
  });
  // Each request counts while the page comes up: where all datasets are one's own, none is shared.
  const all = newest.data && !newest.data.next ? newest.data.items : undefined;
  const mayBeShared = all ? all.some(({ owner }) => owner !== user) : !newest.isEnabled || newest.isFetched;
  const shared = useQuery({
    queryKey: ["datasets", "shared", "home"],
    enabled: !changed.isPending && mayBeShared,
    queryFn: () => must(api.GET("/datasets", { params: { query: { shared: true, order: "newest", limit: most } } })),
  });
  const visits = useQuery({ queryKey: ["visits", "home"], queryFn: () => must(api.GET("/visits")) });
  const visitItems = (visits.data?.items ?? []).slice(0, most);
  const current = visitItems.find(({ state }) => state === "running");
  const sharedItems = shared.data?.items ?? [];
  // Those of the running visit are above, as they arrive.
  const changedItems = (changed.data?.items ?? []).filter(({ dataset }) => dataset.owner !== current?.name);
  const isNew = newest.isSuccess && newest.data.items.length === 0;
  const shown = [...sharedItems, ...(changed.data?.items ?? []).map(({ dataset }) => dataset)];
  const seen = new Set(shown.map(({ id }) => id));
  const otherItems = (newest.data?.items ?? []).filter(({ id }) => !seen.has(id));
  return (
    <>
      <PageHeader
        title={t.home}
        actions={
          <>
            <Button component={Link} to="/datasets" variant="default">
              {t.allDatasets}
            </Button>
            <Button component={Link} to="/new" leftSection={<PlusIcon size={16} />}>
              {t.newDataset}
            </Button>
          </>
        }
      />
      <Offers />
      <Requests />
      <Stack gap="xl">
        {visitItems.length > 0 && (
          <Section title={t.visits}>
            <VisitCards visits={visitItems} label={t.visits} />
          </Section>
        )}
        {current && (
          <Suspense>
            <NewData visit={current.name} most={mostSources} title={t.newDataOf(current.name)} />
          </Suspense>
        )}
        <ToDo isOn={changed.isFetched && !newest.isFetching && !isNew} />
        {work && work.problems.length + work.runs.length + work.captures.length > 0 && (
          <Suspense>
            <Running live={work} />
          </Suspense>
        )}
        {isNew && visitItems.length === 0 && <FirstSteps />}
        {recent.length > 0 && (
          <Cards title={t.recentlyOpened}>
            {recent.map((dataset) => (
              <DatasetCard key={dataset.id} dataset={dataset} what="opened" time={dataset.opened} />
            ))}
          </Cards>
        )}
        {changed.isPending && <Loading rows={4} />}
        <ProblemAlert error={changed.error} title={t.couldNotLoadTheNewData} />
        {changedItems.length > 0 && (
          <Cards title={t.newData} more={{ to: "/live", label: t.live }}>
            {changedItems.map(({ dataset, time }) => (
              <DatasetCard key={dataset.id} dataset={dataset} what="changed" time={time} />
            ))}
          </Cards>
        )}
        {otherItems.length > 0 && (
          <Cards title={t.newestDatasets} more={{ to: "/datasets", label: t.all }}>
            {otherItems.map((dataset) => (
              <DatasetCard key={dataset.id} dataset={dataset} what="created" time={dataset.created} />
            ))}
          </Cards>
        )}
        <ProblemAlert error={shared.error} title={t.couldNotLoadWhatIsShared} />
        {sharedItems.length > 0 && (
          <Cards title={t.sharedWith} more={{ to: "/shared", label: t.all }}>
            {sharedItems.map((dataset) => (
              <DatasetCard key={dataset.id} dataset={dataset} what="created" time={dataset.created} />
            ))}
          </Cards>
        )}
      </Stack>
    </>
  );
}

function Cards({
  title,
  more,
  children,
}: {
  title: string;
  more?: { to: string; label: string };
  children: ReactNode;
}) {
  return (
    <Section title={title} more={more}>
      <ul className={classes.cards} aria-label={title}>
        {children}
      </ul>
    </Section>
  );
}

/** Three ways to begin. */
function FirstSteps() {
  return (
    <div className={classes.steps}>
      <Step title={t.uploadInTheBrowser}>
        <Text size="sm">{t.createADatasetThenDropFiles}</Text>
        <Button component={Link} to="/new" w="fit-content">
          {t.createDataset}
        </Button>
      </Step>
      <Step title={t.useTheCommandLine}>
        <Text size="sm">
          {t.install}
          <Client />
          {t.onYourComputerThenLog}
        </Text>
        <CopyField label={t.loginCommand} value={`hutch login ${serverAddress}`} />
        <CopyField label={t.pushCommand} value="hutch init --name NAME && hutch push" />
        <Anchor component={Link} to="/help/upload" size="sm">
          {t.howUploadsWork}
        </Anchor>
      </Step>
      <Step title={t.lookAround}>
        <Text size="sm">{t.publicDatasetsAreOpenToEveryone}</Text>
        <Group gap="sm">
          <Button component={Link} to="/datasets" variant="default">
            {t.publicDatasets}
          </Button>
          <Button component={Link} to="/help" variant="default">
            {t.help}
          </Button>
        </Group>
      </Step>
    </div>
  );
}

/** The name of the client; a link to its downloads, if the operator set one. */
function Client() {
  const address = useServer().data?.clientUrl;
  const name = <code>hutch</code>;
  return address ? <Anchor href={address}>{name}</Anchor> : name;
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}
