import { Badge, Box, Group, Tabs, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense } from "react";
import { Outlet, useLocation, useNavigate, useParams } from "react-router";
import { api, must } from "../api/client";
import { ApiProblem } from "../api/problem";
import { EmptyState } from "../components/EmptyState";
import {
  BranchIcon,
  ChartIcon,
  ClockIcon,
  FolderIcon,
  InfoIcon,
  LockIcon,
  SearchIcon,
  ShareIcon,
} from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { StateBadge } from "../datasets/StateBadge";
import { ErrorBoundary } from "../shell/ErrorBoundary";
import { usePageTitle } from "../shell/usePageTitle";
import { formatBytes, plural } from "../text/format";
import { CloneButton } from "./CloneButton";
import { type Dataset, type DatasetContext, hasRight } from "./context";
import { DatasetMenu } from "./DatasetMenu";
import classes from "./DatasetPage.module.css";
import { useDatasetEvents } from "./useDatasetEvents";

/** One dataset: what it is, and its tabs. */
export default function DatasetPage() {
  const id = useParams().id ?? "";
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["dataset", id],
    queryFn: () => must(api.GET("/datasets/{id}", { params: { path: { id } } })),
  });
  usePageTitle(query.data?.name);
  useDatasetEvents(id, query.isSuccess);
  if (query.isPending) return <Loading label="Loading the dataset" />;
  if (query.isError) {
    if (query.error instanceof ApiProblem && (query.error.status === 404 || query.error.code === "invalid-name"))
      return (
        <EmptyState icon={<SearchIcon size={26} />} title="There is no such dataset">
          Or you have no right to see it: ask its owner to share it with you.
        </EmptyState>
      );
    return <ProblemAlert error={query.error} title="The dataset could not be shown" onRetry={() => query.refetch()} />;
  }
  const dataset = query.data;
  const context: DatasetContext = {
    dataset,
    canWrite: dataset.state === "open" && hasRight(dataset, "write"),
    canManage: hasRight(dataset, "manage"),
    refresh: async () => {
      await queries.invalidateQueries({ queryKey: ["dataset", id] });
    },
  };
  return (
    <>
      <Header context={context} />
      <DatasetTabs context={context} />
      <ErrorBoundary key={dataset.id}>
        <Suspense fallback={<Loading />}>
          <Outlet context={context} />
        </Suspense>
      </ErrorBoundary>
    </>
  );
}

function Header({ context }: { context: DatasetContext }) {
  const { dataset } = context;
  return (
    <Box mb="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box miw={0} flex={1} className={classes.title}>
          <Title order={1} size="h2" className={classes.name}>
            <Text span inherit c="dimmed" fw={500}>
              <Name wrap>{dataset.owner}</Name>/
            </Text>
            <Name wrap>{dataset.slug}</Name>
          </Title>
          {dataset.title && (
            <Text mt={2}>
              <Name wrap>{dataset.title}</Name>
            </Text>
          )}
        </Box>
        <Group gap="xs">
          <CloneButton dataset={dataset} />
          <DatasetMenu context={context} />
        </Group>
      </Group>
      <Group gap="xs" mt="sm">
        <StateBadge dataset={dataset} />
        <Badge variant="light" color={dataset.visibility === "public" ? "blue" : "gray"} tt="none" fw={600}>
          {dataset.visibility === "public" ? "Public" : "Private"}
        </Badge>
        {dataset.kind === "derived" && (
          <Badge variant="light" color="indigo" tt="none" fw={600}>
            Derived
          </Badge>
        )}
        <Text size="sm" c="dimmed" component="div">
          <Facts dataset={dataset} />
        </Text>
      </Group>
    </Box>
  );
}

function Facts({ dataset }: { dataset: Dataset }) {
  return (
    <>
      <Name>{dataset.type}</Name> · {plural(dataset.files, "entry", "entries")} · {formatBytes(dataset.bytes)} ·{" "}
      {dataset.snapshots > 0 ? `version @${dataset.snapshots}` : "no version yet"} · made{" "}
      <Time value={dataset.created} />
    </>
  );
}

function DatasetTabs({ context: { dataset, canManage } }: { context: DatasetContext }) {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const here = pathname.split("/")[3] ?? "files";
  const isHere = dataset.state === "open" || dataset.state === "closed";
  return (
    <Tabs
      value={here}
      onChange={(tab) => navigate(`/datasets/${dataset.id}${tab === "files" ? "" : `/${tab}`}`)}
      mb="md"
      keepMounted={false}
      activateTabWithKeyboard={false}
    >
      <Tabs.List className={classes.tabs} aria-label="About this dataset">
        {isHere && hasRight(dataset, "read") && (
          <Tabs.Tab value="files" leftSection={<FolderIcon size={16} />}>
            Files
          </Tabs.Tab>
        )}
        <Tabs.Tab value="metadata" leftSection={<InfoIcon size={16} />}>
          Metadata
        </Tabs.Tab>
        <Tabs.Tab value="versions" leftSection={<ClockIcon size={16} />}>
          Versions
        </Tabs.Tab>
        <Tabs.Tab value="lineage" leftSection={<BranchIcon size={16} />}>
          Lineage
        </Tabs.Tab>
        {isHere && hasRight(dataset, "read") && (
          <Tabs.Tab value="analysis" leftSection={<ChartIcon size={16} />}>
            Analysis
          </Tabs.Tab>
        )}
        {canManage && isHere && (
          <Tabs.Tab value="access" leftSection={<ShareIcon size={16} />}>
            Access
          </Tabs.Tab>
        )}
        {canManage && (
          <Tabs.Tab value="settings" leftSection={<LockIcon size={16} />}>
            Settings
          </Tabs.Tab>
        )}
      </Tabs.List>
    </Tabs>
  );
}
