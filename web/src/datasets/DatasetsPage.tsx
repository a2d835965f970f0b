import { Anchor, Button, Group, NativeSelect, Paper, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { api, must } from "../api/client";
import { nextWithItems } from "../api/pages";
import { DataTable } from "../components/DataTable";
import { EmptyState } from "../components/EmptyState";
import { DatasetIcon, PlusIcon, SearchIcon, ShareIcon, TrashIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { useListState } from "../components/useListState";
import { usePageTitle } from "../components/usePageTitle";
import { datasets as t } from "../messages/en";
import { useSession } from "../session/session";
import { useLoginAddress } from "../session/useLoginAddress";
import { useSiteName } from "../session/useSiteName";
import { formatCount, plural } from "../text/format";
import { columns, trashColumns } from "./columns";
import classes from "./DatasetsPage.module.css";

type View = "all" | "shared" | "trash";
type Order = "newest" | "name";

const pageSize = 200;
const laterPageSize = 1000;
const headings: Record<View, { title: string; hint: string }> = {
  all: { title: t.datasets, hint: t.yourDatasetsThoseShared },
  shared: { title: t.sharedWithMe, hint: t.datasetsOtherPeopleShare },
  trash: { title: t.trash, hint: t.deletedDatasetsStayHereForDays },
};

/** The datasets a user can see. */
export default function DatasetsPage({ view }: { view: View }) {
  const { me } = useSession();
  const site = useSiteName();
  const { title, hint } = me ? headings[view] : { title: t.publicDatasets, hint: t.openToEveryoneLog(site) };
  usePageTitle(title);
  const [{ q: typed, show: state, order: chosen }, change] = useListState({ q: "", show: "all", order: "newest" });
  const order: Order = chosen === "name" ? "name" : "newest";
  const [text] = useDebouncedValue(typed.trim(), 250);
  const list = useInfiniteQuery({
    queryKey: ["datasets", view, state, text, order],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      nextWithItems(
        (cursor) =>
          must(
            api.GET("/datasets", {
              signal,
              params: {
                query: {
                  ...filter(view, state),
                  q: text || undefined,
                  order: view === "trash" ? undefined : order,
                  limit: pageParam ? laterPageSize : pageSize,
                  cursor,
                },
              },
            }),
          ),
        pageParam,
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items ?? []) ?? [], [list.data]);
  const isFiltered = text !== "" || state !== "all";

  return (
    <>
      <PageHeader
        title={title}
        actions={
          me &&
          (view === "trash" ? (
            <Button component={Link} to="/space" variant="default">
              {t.space}
            </Button>
          ) : (
            <Button component={Link} to="/new" leftSection={<PlusIcon size={16} />}>
              {t.newDataset}
            </Button>
          ))
        }
      >
        {hint}
      </PageHeader>
      {me && <Views view={view} />}
      <Group mb="md" gap="sm">
        <TextInput
          type="search"
          aria-label={t.searchNameTitleTypeAndMetadata}
          placeholder={t.searchNameTitleTypeMetadata}
          leftSection={<SearchIcon size={16} />}
          value={typed}
          onChange={(event) => change({ q: event.currentTarget.value })}
          className={classes.filter}
        />
        {view !== "trash" && (
          <SegmentedControl
            aria-label={t.state}
            value={state}
            onChange={(value) => change({ show: value })}
            data={[
              { value: "all", label: t.all },
              { value: "open", label: t.open },
              { value: "closed", label: t.closed },
              { value: "following", label: t.following },
            ]}
          />
        )}
        {view !== "trash" && (
          <NativeSelect
            aria-label={t.order}
            value={order}
            onChange={(event) => change({ order: event.currentTarget.value })}
            data={[
              { value: "newest", label: t.newestFirst },
              { value: "name", label: t.byName },
            ]}
          />
        )}
      </Group>
      {list.isPending && <Loading label={t.loadingTheDatasets} rows={8} />}
      {list.isError && (
        <ProblemAlert error={list.error} title={t.couldNotLoadTheDatasets} onRetry={() => list.refetch()} />
      )}
      {list.isSuccess && rows.length === 0 && <NothingHere view={view} isFiltered={isFiltered} isVisitor={!me} />}
      {rows.length > 0 && (
        <Stack gap="sm">
          <Paper withBorder radius="md" className={classes.paper}>
            <DataTable
              label={title}
              rows={rows}
              columns={view === "trash" ? trashColumns : columns}
              rowId={(row) => row.id}
              canSort={!list.hasNextPage}
            />
          </Paper>
          <Group justify="space-between">
            <Text size="sm" c="dimmed" role="status">
              {list.hasNextPage
                ? `${order === "newest" ? t.newest : t.first} ${formatCount(rows.length)}`
                : plural(rows.length, t.countDatasets)}
            </Text>
            <MoreButton list={list} isEager />
          </Group>
        </Stack>
      )}
    </>
  );
}

const views: { to: string; view: View; label: string }[] = [
  { to: "/datasets", view: "all", label: t.all },
  { to: "/shared", view: "shared", label: t.sharedWithMe },
  { to: "/trash", view: "trash", label: t.trash },
];

function Views({ view }: { view: View }) {
  return (
    <Group component="nav" gap="lg" mb="sm" aria-label={t.views}>
      {views.map((each) => (
        <Anchor
          key={each.to}
          component={Link}
          to={each.to}
          size="sm"
          fw={each.view === view ? 650 : undefined}
          aria-current={each.view === view ? "page" : undefined}
        >
          {each.label}
        </Anchor>
      ))}
    </Group>
  );
}

function filter(view: View, state: string) {
  if (view === "trash") return { state: "trash" };
  const shared = view === "shared" ? true : undefined;
  return state === "following" ? { shared, kind: "following" } : { shared, state: state === "all" ? undefined : state };
}

function NothingHere({ view, isFiltered, isVisitor }: { view: View; isFiltered: boolean; isVisitor: boolean }) {
  const login = useLoginAddress();
  if (isFiltered)
    return (
      <EmptyState icon={<SearchIcon size={26} />} title={t.noMatch}>
        {t.namesAndTitlesAreSearched}
      </EmptyState>
    );
  if (isVisitor)
    return (
      <EmptyState
        icon={<DatasetIcon size={26} />}
        title={t.nothingIsPublicHere}
        action={
          <Button component={Link} to={login} mt="sm">
            {t.logIn}
          </Button>
        }
      >
        {t.logInToSeeYourDatasets}
      </EmptyState>
    );
  if (view === "trash")
    return (
      <EmptyState icon={<TrashIcon size={26} />} title={t.theTrashIsEmpty}>
        {t.deletedDatasetsStayHereForDays2}
      </EmptyState>
    );
  if (view === "shared")
    return (
      <EmptyState icon={<ShareIcon size={26} />} title={t.nothingSharedWithYouYet}>
        {t.datasetsSharedWithYouOrOne}
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<DatasetIcon size={26} />}
      title={t.noDatasetsYet}
      action={
        <Button component={Link} to="/new" mt="sm" leftSection={<PlusIcon size={16} />}>
          {t.createDataset}
        </Button>
      }
    >
      {t.aDatasetHoldsFilesTheirMetadata}
    </EmptyState>
  );
}
