import { Badge, Box, Group, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ComponentType, Suspense, useEffect } from "react";
import { Outlet, useLocation, useParams } from "react-router";
import { api, isCode, must } from "../api/client";
import { ApiProblem } from "../api/problem";
import { EmptyState } from "../components/EmptyState";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { SearchIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { StateBadge } from "../datasets/StateBadge";
import { dataset as t } from "../messages/en";
import { noteOpened } from "../recent/recent";
import { useSession } from "../session/session";
import { ToLogin } from "../session/ToLogin";
import { formatBytes, formatSeconds, plural } from "../text/format";
import { DatasetPicture } from "../thumbnails/DatasetPicture";
import { AskAccess } from "./AskAccess";
import { CiteButton } from "./CiteButton";
import { type Dataset, type DatasetContext, hasOwnFiles, hasRight, isHere } from "./context";
import { DatasetMenu } from "./DatasetMenu";
import classes from "./DatasetPage.module.css";
import { DatasetTabs } from "./DatasetTabs";
import { OpenWith } from "./OpenWith";
import { ProcessButton, type ProcessDialogProps } from "./ProcessButton";
import { AcquiringBadge, RetentionLine } from "./RetentionLine";
import { ShareButton, type ShareDialogProps } from "./ShareButton";
import { StatementLines } from "./StatementLines";
import { useDatasetEvents } from "./useDatasetEvents";

/** What was read at the home of a dataset so long ago is new. */
const freshSeconds = 5;

interface DatasetPageProps {
  loadFrames: () => Promise<unknown>;
  ShareDialog: ComponentType<ShareDialogProps>;
  ProcessDialog: ComponentType<ProcessDialogProps>;
}

/** A dataset: header and tabs. */
export default function DatasetPage({ loadFrames, ShareDialog, ProcessDialog }: DatasetPageProps) {
  const id = useParams().id ?? "";
  const queries = useQueryClient();
  const { me } = useSession();
  const query = useQuery({
    queryKey: ["dataset", id],
    queryFn: () => must(api.GET("/datasets/{id}", { params: { path: { id } } })),
  });
  usePageTitle(query.data?.name);
  useDatasetEvents(id, query.isSuccess);
  const opened = query.data;
  const user = me?.user;
  useEffect(() => {
    if (opened && user) noteOpened(user, opened);
  }, [opened, user]);
  if (query.isPending) return <Loading label={t.loadingTheDataset} />;
  if (query.isError) {
    const isMissing =
      query.error instanceof ApiProblem && (query.error.status === 404 || query.error.code === "invalid-name");
    if (!me && (isMissing || isCode(query.error, "unauthenticated"))) return <ToLogin />;
    if (isMissing)
      return (
        <EmptyState icon={<SearchIcon size={26} />} title={t.datasetNotFound} isPage>
          {t.itDoesNotExist}
        </EmptyState>
      );
    // Loaded data stay while a reload fails, because the user may be typing.
    if (!query.data)
      return <ProblemAlert error={query.error} title={t.couldNotLoadTheDataset} onRetry={() => query.refetch()} />;
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
      <Header context={context} ShareDialog={ShareDialog} ProcessDialog={ProcessDialog} />
      <DatasetTabs context={context} loadFrames={loadFrames} />
      <ErrorBoundary key={dataset.id}>
        <Suspense fallback={<Loading />}>
          <Outlet context={context} />
        </Suspense>
      </ErrorBoundary>
    </>
  );
}

/** Whether the page is one file or the frames: what they show needs the height. */
function useIsViewer(): boolean {
  return /^\/datasets\/[^/]+\/(frames|files\/.*[^/])$/.test(useLocation().pathname);
}

interface HeaderProps extends Pick<DatasetPageProps, "ShareDialog" | "ProcessDialog"> {
  context: DatasetContext;
}

function Header({ context, ShareDialog, ProcessDialog }: HeaderProps) {
  const { dataset } = context;
  const isViewer = useIsViewer();
  // The page of the same forms.
  const isSharing = useLocation().pathname.endsWith("/access");
  return (
    <Box mb={isViewer ? 2 : "xs"}>
      <Group justify="space-between" gap="xs" wrap={isViewer ? "nowrap" : "wrap"}>
        <DatasetPicture dataset={dataset} size={isViewer ? 28 : 44} />
        <Box miw={0} flex="1 1 240px">
          <Group gap="xs" wrap={isViewer ? "nowrap" : "wrap"}>
            <Title order={1} size={isViewer ? "h4" : "h2"} className={classes.name}>
              <Text span inherit c="dimmed" fw={500}>
                <Name wrap={!isViewer}>{dataset.owner}</Name>/
              </Text>
              <Name wrap={!isViewer}>{dataset.slug}</Name>
            </Title>
            <Badges dataset={dataset} />
          </Group>
          {dataset.title && !isViewer && (
            <Text>
              <Name wrap>{dataset.title}</Name>
            </Text>
          )}
        </Box>
        <Group gap="xs" wrap={isViewer ? "nowrap" : "wrap"} visibleFrom={isViewer ? "sm" : undefined}>
          {dataset.publication && <CiteButton dataset={dataset} />}
          {isHere(dataset) && hasRight(dataset, "read") && <OpenWith dataset={dataset} />}
          <ProcessButton context={context} Dialog={ProcessDialog} />
          {context.canManage && isHere(dataset) && !isSharing && <ShareButton context={context} Dialog={ShareDialog} />}
          <DatasetMenu context={context} />
        </Group>
      </Group>
      {!isViewer && (
        <>
          <Text size="sm" c="dimmed" component="div" mt={6}>
            <Facts dataset={dataset} />
          </Text>
          <RetentionLine context={context} />
          {(dataset.parents?.length ?? 0) > 0 && <StatementLines dataset={dataset.id} />}
        </>
      )}
      {!hasRight(dataset, "read") && isHere(dataset) && <AskAccess dataset={dataset} />}
    </Box>
  );
}

function Badges({ dataset }: { dataset: Dataset }) {
  return (
    <Group gap={6} wrap="nowrap">
      <StateBadge dataset={dataset} />
      <AcquiringBadge dataset={dataset} />
      <Badge variant="light" color={dataset.visibility === "public" ? "blue" : "gray"} tt="none" fw={600}>
        {dataset.visibility === "public" ? t.public : t.private}
      </Badge>
      {dataset.provisional && (
        <Badge variant="light" color="orange" tt="none" fw={600} title={t.theZoneCannotBeReached}>
          {t.provisionalName}
        </Badge>
      )}
      {dataset.kind === "derived" && (
        <Badge variant="light" color="indigo" tt="none" fw={600}>
          {t.derived}
        </Badge>
      )}
    </Group>
  );
}

function Facts({ dataset }: { dataset: Dataset }) {
  return (
    <>
      <Name>{dataset.type}</Name> · {plural(dataset.files, t.countEntries)} · {formatBytes(dataset.bytes)} ·{" "}
      {dataset.snapshots > 0 ? t.version(dataset.snapshots) : t.noVersions}
      {t.created} <Time value={dataset.created} />
      {dataset.expires && (
        <>
          {t.expires}
          <Time value={dataset.expires} />
        </>
      )}
      {dataset.alias && (
        <>
          {" "}
          {t.hereAlso}
          <Name>{dataset.alias}</Name>
        </>
      )}
      {dataset.age != null && (dataset.age < freshSeconds ? t.readAtItsHome : t.asOfAgo(formatSeconds(dataset.age)))}
    </>
  );
}
