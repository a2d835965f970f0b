import { Anchor, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { Link } from "react-router";
import { serverAddress } from "../api/base";
import { api, must, type Schemas } from "../api/client";
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
import { CaptureTable } from "../live/CaptureTable";
import { Problems } from "../live/Problems";
import { RunTable } from "../live/RunTable";
import { recentDatasets } from "../recent/recent";
import { useSession } from "../session/session";
import { VisitCards } from "../visits/VisitCards";

const most = 6;
/** Rates and lags change without events. A hidden tab does not ask. */
const renewMs = 5_000;

/** The page of a person: what waits for an answer, what runs, and where work goes on. */
export default function HomePage() {
  usePageTitle("Home");
  const { me } = useSession();
  const user = me?.user ?? "";
  const recent = useMemo(() => recentDatasets(user).slice(0, most), [user]);
  const live = useQuery({
    queryKey: ["live-work"],
    queryFn: () => must(api.GET("/live")),
    refetchInterval: renewMs,
  });
  const changed = useQuery({
    queryKey: ["live", "arrivals", "home"],
    queryFn: () => must(api.GET("/arrivals", { params: { query: { limit: most } } })),
  });
  const newest = useQuery({
    queryKey: ["datasets", "newest", "home"],
    // Where new data fill their cards, the list of all datasets tells more than six others.
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
  const sharedItems = shared.data?.items ?? [];
  const changedItems = changed.data?.items ?? [];
  const isNew = newest.isSuccess && newest.data.items.length === 0;
  const seen = new Set([...sharedItems, ...changedItems.map(({ dataset }) => dataset)].map(({ id }) => id));
  const otherItems = (newest.data?.items ?? []).filter(({ id }) => !seen.has(id));
  return (
    <>
      <PageHeader
        title="Home"
        actions={
          <>
            <Button component={Link} to="/datasets" variant="default">
              All datasets
            </Button>
            <Button component={Link} to="/new" leftSection={<PlusIcon size={16} />}>
              New dataset
            </Button>
          </>
        }
      />
      <Offers />
      <Requests />
      <Stack gap="xl">
        {live.data && <Running live={live.data} />}
        {visitItems.length > 0 && (
          <Section title="Visits">
            <VisitCards visits={visitItems} label="Visits" />
          </Section>
        )}
        {isNew && visitItems.length === 0 && <FirstSteps />}
        {recent.length > 0 && (
          <Cards title="Recently opened">
            {recent.map((dataset) => (
              <DatasetCard key={dataset.id} dataset={dataset} what="opened" time={dataset.opened} />
            ))}
          </Cards>
        )}
        {changed.isPending && <Loading />}
        <ProblemAlert error={changed.error} title="Could not load the new data" />
        {changedItems.length > 0 && (
          <Cards title="New data" more={{ to: "/live", label: "Live" }}>
            {changedItems.map(({ dataset, time }) => (
              <DatasetCard key={dataset.id} dataset={dataset} what="changed" time={time} />
            ))}
          </Cards>
        )}
        {otherItems.length > 0 && (
          <Cards title="Newest datasets" more={{ to: "/datasets", label: "All" }}>
            {otherItems.map((dataset) => (
              <DatasetCard key={dataset.id} dataset={dataset} what="created" time={dataset.created} />
            ))}
          </Cards>
        )}
        <ProblemAlert error={shared.error} title="Could not load what is shared with you" />
        {sharedItems.length > 0 && (
          <Cards title="Shared with you" more={{ to: "/shared", label: "All" }}>
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

/** What runs and what is wrong; nothing where nothing does and nothing is. */
function Running({ live }: { live: Schemas["LiveInfo"] }) {
  return (
    <>
      {live.problems.length > 0 && <Problems live={live} />}
      {live.runs.length > 0 && <RunTable live={live} />}
      {live.captures.length > 0 && <CaptureTable live={live} />}
    </>
  );
}

/** Three ways to begin. */
function FirstSteps() {
  return (
    <div className={classes.steps}>
      <Step title="Upload in the browser">
        <Text size="sm">
          Create a dataset, then drop files or a folder on its page. It is private until you share it.
        </Text>
        <Button component={Link} to="/new" w="fit-content">
          Create dataset
        </Button>
      </Step>
      <Step title="Use the command line">
        <Text size="sm">
          Install <code>hutch</code> on your computer, then log in and send a folder. Your data may be large and keep
          growing.
        </Text>
        <CopyField label="Login command" value={`hutch login ${serverAddress}`} />
        <CopyField label="Push command" value="hutch init --name NAME && hutch push" />
        <Anchor component={Link} to="/help/upload" size="sm">
          How uploads work
        </Anchor>
      </Step>
      <Step title="Look around">
        <Text size="sm">Public datasets are open to everyone here. The help explains each page.</Text>
        <Group gap="sm">
          <Button component={Link} to="/datasets" variant="default">
            Public datasets
          </Button>
          <Button component={Link} to="/help" variant="default">
            Help
          </Button>
        </Group>
      </Step>
    </div>
  );
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
