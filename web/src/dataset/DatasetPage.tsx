import { Badge, Box, Group, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, Suspense, useEffect, useRef } from "react";
import { Link, Outlet, useLocation, useParams } from "react-router";
import { api, isCode, must } from "../api/client";
import { ApiProblem } from "../api/problem";
import { EmptyState } from "../components/EmptyState";
import { ErrorBoundary } from "../components/ErrorBoundary";
import {
  BookIcon,
  BranchIcon,
  ChartIcon,
  ClockIcon,
  FolderIcon,
  FrameIcon,
  InfoIcon,
  LockIcon,
  PulseIcon,
  SearchIcon,
  ShareIcon,
  SiteIcon,
} from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { StateBadge } from "../datasets/StateBadge";
import { useSession } from "../session/session";
import { ToLogin } from "../session/ToLogin";
import { formatBytes, formatCount, plural } from "../text/format";
import { DatasetPicture } from "../thumbnails/DatasetPicture";
import { AskAccess } from "./AskAccess";
import { CiteButton } from "./CiteButton";
import { CloneButton } from "./CloneButton";
import { type Dataset, type DatasetContext, hasOwnFiles, hasRight, isHere } from "./context";
import { DatasetMenu } from "./DatasetMenu";
import classes from "./DatasetPage.module.css";
import { RetentionLine } from "./RetentionLine";
import { useHasSites } from "./useCopies";
import { useDatasetEvents } from "./useDatasetEvents";

/** What a page needs at once has been asked for by then. */
const restMs = 300;

/** A dataset: header and tabs. */
export default function DatasetPage({ loadFrames }: { loadFrames: () => Promise<unknown> }) {
  const id = useParams().id ?? "";
  const queries = useQueryClient();
  const { me } = useSession();
  const query = useQuery({
    queryKey: ["dataset", id],
    queryFn: () => must(api.GET("/datasets/{id}", { params: { path: { id } } })),
  });
  usePageTitle(query.data?.name);
  useDatasetEvents(id, query.isSuccess);
  if (query.isPending) return <Loading label="Loading the dataset" />;
  if (query.isError) {
    const isMissing =
      query.error instanceof ApiProblem && (query.error.status === 404 || query.error.code === "invalid-name");
    if (!me && (isMissing || isCode(query.error, "unauthenticated"))) return <ToLogin />;
    if (isMissing)
      return (
        <EmptyState icon={<SearchIcon size={26} />} title="Dataset not found" isPage>
          It does not exist, or you do not have access. Ask its owner to share it with you.
        </EmptyState>
      );
    // What cannot be read again for a while stays: somebody may be typing in it.
    if (!query.data)
      return <ProblemAlert error={query.error} title="Could not load the dataset" onRetry={() => query.refetch()} />;
  }
  const dataset = query.data;
  const context: DatasetContext = {
    dataset,
    canWrite: dataset.state === "open" && hasRight(dataset, "write"),
    canChangeFiles: hasOwnFiles(dataset) && hasRight(dataset, "write"),
    canManage: hasRight(dataset, "manage"),
    refresh: async () => {
      await queries.invalidateQueries({ queryKey: ["dataset", id] });
    },
  };
  return (
    <>
      <Header context={context} />
      <DatasetTabs context={context} loadFrames={loadFrames} />
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
        <DatasetPicture dataset={dataset} size={56} />
        <Box miw={0} flex="1 1 240px">
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
          {dataset.publication && <CiteButton dataset={dataset} />}
          {isHere(dataset) && hasRight(dataset, "read") && <CloneButton dataset={dataset} />}
          <DatasetMenu context={context} />
        </Group>
      </Group>
      <Group gap="xs" mt="sm">
        <StateBadge dataset={dataset} />
        <Badge variant="light" color={dataset.visibility === "public" ? "blue" : "gray"} tt="none" fw={600}>
          {dataset.visibility === "public" ? "Public" : "Private"}
        </Badge>
        {dataset.provisional && (
          <Badge
            variant="light"
            color="orange"
            tt="none"
            fw={600}
            title="The zone cannot be reached, and may add a number to the name. No other site knows the dataset."
          >
            Provisional name
          </Badge>
        )}
        {dataset.kind === "derived" && (
          <Badge variant="light" color="indigo" tt="none" fw={600}>
            Derived
          </Badge>
        )}
        <Text size="sm" c="dimmed" component="div">
          <Facts dataset={dataset} />
        </Text>
      </Group>
      <RetentionLine context={context} />
      {!hasRight(dataset, "read") && isHere(dataset) && <AskAccess dataset={dataset} />}
    </Box>
  );
}

function Facts({ dataset }: { dataset: Dataset }) {
  return (
    <>
      <Name>{dataset.type}</Name> · {plural(dataset.files, "entry", "entries")} · {formatBytes(dataset.bytes)} ·{" "}
      {dataset.snapshots > 0 ? `version @${dataset.snapshots}` : "no versions"} · created{" "}
      <Time value={dataset.created} />
      {dataset.alias && (
        <>
          {" "}
          · here also <Name>{dataset.alias}</Name>
        </>
      )}
      {dataset.age != null && <> · as of {formatCount(dataset.age)} s ago at its home, another site</>}
    </>
  );
}

interface Tab {
  name: string;
  label: string;
  icon: ReactNode;
  isShown: boolean;
}

/** Tabs of a dataset; each has its own URL. */
function DatasetTabs({
  context: { dataset, canManage },
  loadFrames,
}: {
  context: DatasetContext;
  loadFrames: () => Promise<unknown>;
}) {
  const here = useLocation().pathname.split("/")[3] ?? "files";
  const bar = useRef<HTMLElement>(null);
  // On a phone the current tab may be out of view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the tab changes
  useEffect(() => {
    bar.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  const canRead = isHere(dataset) && hasRight(dataset, "read");
  const hasFrames = useHasFrames(dataset, canRead);
  useLoadedFrames(hasFrames, loadFrames);
  const hasSites = useHasSites(dataset, canRead);
  const tabs: Tab[] = [
    { name: "files", label: "Files", icon: <FolderIcon size={16} />, isShown: canRead },
    { name: "frames", label: "Frames", icon: <FrameIcon size={16} />, isShown: hasFrames },
    { name: "metadata", label: "Metadata", icon: <InfoIcon size={16} />, isShown: true },
    { name: "versions", label: "Versions", icon: <ClockIcon size={16} />, isShown: true },
    { name: "lineage", label: "Lineage", icon: <BranchIcon size={16} />, isShown: true },
    { name: "analysis", label: "Analysis", icon: <ChartIcon size={16} />, isShown: canRead },
    { name: "sites", label: "Sites", icon: <SiteIcon size={16} />, isShown: hasSites },
    { name: "activity", label: "Activity", icon: <PulseIcon size={16} />, isShown: canManage },
    { name: "access", label: "Access", icon: <ShareIcon size={16} />, isShown: canManage && isHere(dataset) },
    { name: "publication", label: "Publish", icon: <BookIcon size={16} />, isShown: canManage && isHere(dataset) },
    { name: "settings", label: "Settings", icon: <LockIcon size={16} />, isShown: canManage },
  ];
  return (
    <nav ref={bar} className={classes.tabs} aria-label="Dataset">
      {tabs
        .filter((tab) => tab.isShown)
        .map(({ name, label, icon }) => (
          <Link
            key={name}
            to={`/datasets/${dataset.id}${name === "files" ? "" : `/${name}`}`}
            className={classes.tab}
            aria-current={here === name ? "page" : undefined}
          >
            {icon}
            {label}
          </Link>
        ))}
    </nav>
  );
}

/** Loads the frame viewer while the page is at rest, so that the first frame need not wait for it. */
function useLoadedFrames(hasFrames: boolean, load: () => Promise<unknown>): void {
  useEffect(() => {
    if (!hasFrames) return;
    // What fails here is loaded again by the click, which says why it fails.
    const timer = window.setTimeout(() => void load().catch(() => undefined), restMs);
    return () => window.clearTimeout(timer);
  }, [hasFrames, load]);
}

/** Whether there is a frame, or will be: the entry that describes them comes first. */
function useHasFrames(dataset: Dataset, canRead: boolean): boolean {
  const query = useQuery({
    queryKey: ["has-frames", dataset.id],
    queryFn: () =>
      must(
        api.GET("/datasets/{id}/tree", {
          params: { path: { id: dataset.id }, query: { prefix: "header", limit: 1 } },
        }),
      ),
    enabled: canRead && dataset.files > 0,
    staleTime: 60_000,
  });
  return query.data?.items?.[0]?.path === "header";
}
