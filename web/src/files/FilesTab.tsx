import { Anchor, Box, Breadcrumbs, Button, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { lazy, Suspense, useEffect, useMemo, useRef } from "react";
import { Link, Navigate, useHref, useNavigate, useOutletContext, useParams, useSearchParams } from "react-router";
import { encodePath } from "../api/base";
import { load } from "../api/load";
import { CopyField } from "../components/CopyField";
import { EmptyState } from "../components/EmptyState";
import { FolderIcon, SearchIcon, SortDownIcon, SortIcon, SortUpIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useListState } from "../components/useListState";
import { type DatasetContext, hasRight, isHere } from "../dataset/context";
import { files as t } from "../messages/en";
import { Neighbours } from "../siblings/Neighbours";
import { formatCount, plural } from "../text/format";
import { compareNames } from "../text/names";
import { shellWord } from "../text/shell";
import { StoreNote } from "../unshown/StoreNote";
import { DropZone } from "../upload/DropZone";
import { UploadButtons } from "../upload/UploadButtons";
import { DownloadButton } from "./DownloadButton";
import { FileList } from "./FileList";
import classes from "./FileList.module.css";
import { Montage, picturesIn } from "./Montage";
import { NewFolderButton } from "./NewFolderButton";
import { NotHere } from "./NotHere";
import type { Row } from "./rows";
import { SelectionBar } from "./SelectionBar";
import { mostSelected, type Selection, useSelection } from "./selection";
import { toAddress } from "./subdatasets";
import { useListing } from "./useListing";
import { useSubdatasets } from "./useSubdatasets";

const FilePage = lazy(() => load(() => import("./FilePage")));
const Readme = lazy(() => load(() => import("./Readme")));

/** The files of a dataset: a folder (its URL ends in a slash) or one file. */
export default function FilesTab() {
  const context = useOutletContext<DatasetContext>();
  const { dataset } = context;
  const path = useParams()["*"] ?? "";
  const [search] = useSearchParams();
  const at = search.get("at") ?? undefined;
  const isFolder = path === "" || path.endsWith("/");
  // The address of a dataset shows its files. Without the right to read, the user gets the metadata instead.
  if (path === "" && !hasRight(dataset, "read")) return <Navigate to={`/datasets/${dataset.id}/metadata`} replace />;
  if (!isHere(dataset)) return <NotHere context={context} />;
  return (
    <Stack gap={isFolder ? "sm" : 6}>
      {at && (
        <Paper withBorder p="xs" px="md" bg="var(--mantine-primary-color-light)">
          <Group justify="space-between">
            <Text size="sm">
              {t.viewingVersion}
              <b>@{at}</b>
            </Text>
            <Anchor component={Link} to={{ search: "" }} size="sm">
              {t.goToLatest}
            </Anchor>
          </Group>
        </Paper>
      )}
      <Group justify="space-between" gap="xs">
        <Trail dataset={dataset.id} slug={dataset.slug} path={path} at={at} />
        {!isFolder && <Neighbours dataset={dataset} path={path} at={at} />}
      </Group>
      {isFolder ? (
        <FolderView key={path} path={path} at={at} />
      ) : (
        <Suspense fallback={<Loading />}>
          <FilePage dataset={dataset} path={path} at={at} />
        </Suspense>
      )}
    </Stack>
  );
}

/** Breadcrumbs. */
function Trail({ dataset, slug, path, at }: { dataset: string; slug: string; path: string; at: string | undefined }) {
  const parts = path.split("/").filter((part) => part !== "");
  const search = at ? `?at=${encodeURIComponent(at)}` : "";
  return (
    <nav aria-label={t.path}>
      <Breadcrumbs
        separator="/"
        separatorMargin={6}
        styles={{
          root: { flexWrap: "wrap", rowGap: 4 },
          // Names that are cut off keep what reaches below the line.
          breadcrumb: { minWidth: 0, maxWidth: "100%", lineHeight: "var(--mantine-line-height)" },
        }}
      >
        <Anchor component={Link} to={`/datasets/${dataset}${search}`} size="sm" maw="100%">
          <Name>{slug}</Name>
        </Anchor>
        {parts.map((part, index) => {
          const isLast = index === parts.length - 1;
          const to = `/datasets/${dataset}/files/${encodePath(parts.slice(0, index + 1).join("/"))}/${search}`;
          return isLast ? (
            <Text key={index} size="sm" fw={600} maw={320} truncate>
              <Name>{part}</Name>
            </Text>
          ) : (
            <Anchor key={index} component={Link} to={to} size="sm" maw={220}>
              <Name>{part}</Name>
            </Anchor>
          );
        })}
      </Breadcrumbs>
    </nav>
  );
}

type SortKey = "name" | "size" | "time";
type Sort = { key: SortKey; down: boolean };

function FolderView({ path, at }: { path: string; at: string | undefined }) {
  const { dataset, canChangeFiles, refresh } = useOutletContext<DatasetContext>();
  const navigate = useNavigate();
  const base = useHref(`/datasets/${dataset.id}/files/`);
  const datasets = useHref("/datasets/");
  const [{ name: typed, by, in: where, as: look }, change] = useListState({
    name: "",
    by: "name",
    in: "folder",
    as: "list",
  });
  const [part] = useDebouncedValue(typed, 200);
  const sort = useMemo(() => ({ key: by.replace(/^-/, "") as SortKey, down: by.startsWith("-") }), [by]);
  const setSort = ({ key, down }: Sort) => change({ by: `${down ? "-" : ""}${key}` });
  const isWhole = where === "dataset" && part !== "";
  const [address] = useSearchParams();
  // Asked for by a key: the field has the focus, and looks in all folders.
  const isFinding = address.has("find");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFinding) field.current?.focus();
  }, [isFinding]);
  const listing = useListing(
    { dataset: dataset.id, at, prefix: isWhole ? "" : path, part, isDeep: isWhole },
    at ? "" : dataset.headVersion,
  );
  const all = listing.all;
  const selection = useSelection(refuseSelection);
  // A new filter or version clears the selection, because its rows may no longer be shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the filter or the version changes
  useEffect(selection.clear, [part, at]);
  const sorted = useMemo(() => all && sortRows(all, sort), [all, sort]);
  const pictures = useMemo(() => picturesIn(sorted ?? listing.first ?? []), [sorted, listing.first]);
  const isMontage = look === "pictures" && pictures.length > 0;
  const search = at ? `?at=${encodeURIComponent(at)}` : "";
  const hasDirectory = listing.first?.some((row) => row.entry?.kind === "directory") ?? false;
  const subdatasets = useSubdatasets(dataset.id, at, dataset.headVersion, hasDirectory);
  const subdatasetOf = (row: Row) => (row.entry?.kind === "directory" ? subdatasets?.get(row.path) : undefined);
  const innerOf = (row: Row) => {
    const inner = subdatasetOf(row);
    return inner && toAddress(inner);
  };
  const hrefOf = (row: Row) => {
    const inner = innerOf(row);
    return inner ? `${datasets}${inner}` : `${base}${encodePath(row.path)}${search}`;
  };
  const open = (row: Row) => {
    const inner = innerOf(row);
    navigate(inner ? `/datasets/${inner}` : `/datasets/${dataset.id}/files/${encodePath(row.path)}${search}`);
  };
  const up = () => {
    if (path !== "")
      navigate(
        `/datasets/${dataset.id}/files/${encodePath(path.slice(0, path.slice(0, -1).lastIndexOf("/") + 1))}${search}`,
      );
  };
  const readme = listing.first?.find(
    (row) => row.entry?.kind === "file" && /^readme(\.md|\.txt|\.rst)?$/i.test(row.name),
  );
  const canUpload = canChangeFiles && !at;
  const isEmpty = listing.isComplete && listing.count === 0;

  return (
    <DropZone dataset={dataset} folder={path} enabled={canUpload}>
      <Stack gap="sm">
        <Group gap="sm">
          <TextInput
            ref={field}
            type="search"
            aria-label={t.filterThisFolderByName}
            placeholder={t.filterByName}
            leftSection={<SearchIcon size={16} />}
            value={typed}
            onChange={(event) => change({ name: event.currentTarget.value, in: isFinding ? "dataset" : "folder" })}
            flex={1}
            miw={180}
            maw={360}
          />
          <Group gap="xs" ml="auto">
            {pictures.length > 1 && (
              <Button variant="default" onClick={() => change({ as: isMontage ? "list" : "pictures" })}>
                {isMontage ? t.asList : t.asPictures}
              </Button>
            )}
            {dataset.files > 0 && <DownloadButton dataset={dataset} folder={path} at={at} />}
            {canUpload && <NewFolderButton dataset={dataset.id} folder={path} onDone={refresh} />}
            {canUpload && <UploadButtons dataset={dataset} folder={path} />}
          </Group>
        </Group>
        {selection.rows.size > 0 && (
          <SelectionBar
            dataset={dataset}
            at={at}
            folder={path}
            selection={selection}
            canChange={canUpload}
            onChanged={refresh}
          />
        )}
        {listing.error !== undefined && (
          <ProblemAlert error={listing.error} title={t.couldNotLoadTheFolder} onRetry={() => listing.retry()} />
        )}
        {isEmpty && listing.error === undefined && (
          <Nothing
            name={dataset.name}
            part={part}
            onWhole={isWhole ? undefined : () => change({ in: "dataset" })}
            canUpload={canUpload}
            isTop={path === ""}
          />
        )}
        {!isEmpty && listing.count === 0 && listing.error === undefined && (
          <Loading label={part === "" ? t.loadingTheFolder : t.searchingTheFolder} rows={8} />
        )}
        {listing.first && <StoreNote names={listing.first.map((row) => row.name)} dataset={dataset} folder={path} />}
        {isMontage && (
          <Montage
            dataset={dataset.id}
            at={at}
            label={t.pictures}
            pictures={pictures}
            isPart={!sorted && !listing.isComplete}
            addressOf={(row) => `/datasets/${dataset.id}/files/${encodePath(row.path)}${search}`}
          />
        )}
        {listing.count > 0 && !isMontage && (
          <Paper withBorder radius="md" style={{ overflow: "hidden" }}>
            <FileList
              listing={listing}
              sorted={sorted}
              label={path === "" ? t.files : t.filesIn(path)}
              onOpen={open}
              onUp={up}
              hrefOf={hrefOf}
              subdatasetOf={subdatasetOf}
              header={<Head sort={sort} onSort={all ? setSort : undefined} selection={selection} all={all} />}
              selection={selection}
            />
          </Paper>
        )}
        {listing.count > 0 && (
          <Text size="sm" c="dimmed" role="status">
            {listing.isComplete
              ? plural(listing.count, t.countEntries)
              : t.firstEntriesScrollForMore(formatCount(listing.count))}
            {path === "" && part === "" && dataset.files > listing.count && !at
              ? t.includingSubfolders(formatCount(dataset.files))
              : ""}
          </Text>
        )}
        {readme?.entry && part === "" && (
          <Suspense fallback={<Loading label={t.loadingTheReadme} />}>
            <Readme dataset={dataset} at={at} entry={readme.entry} />
          </Suspense>
        )}
      </Stack>
    </DropZone>
  );
}

interface NothingProps {
  name: string;
  /** The part of names that is looked for. */
  part: string;
  /** Looks in the whole dataset; undefined where that was done. */
  onWhole: (() => void) | undefined;
  canUpload: boolean;
  isTop: boolean;
}

function Nothing({ name, part, onWhole, canUpload, isTop }: NothingProps) {
  if (part !== "")
    return (
      <EmptyState
        icon={<SearchIcon size={26} />}
        title={t.noMatch}
        action={
          onWhole && (
            <Button variant="default" mt="sm" onClick={onWhole}>
              {t.searchTheWholeDataset}
            </Button>
          )
        }
      >
        {t.noFile}
        {onWhole ? "here" : t.ofThisDataset}
        {t.matches}
        <Name>{part}</Name>.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<FolderIcon size={26} />}
      title={isTop ? t.thisDatasetIsEmpty : t.thisFolderIsEmpty}
      action={
        canUpload &&
        isTop && (
          <Box maw="100%" mt="xs">
            <Text size="xs" c="dimmed" mb={4}>
              {t.orPushTheCurrentFolder}
            </Text>
            <CopyField
              label={t.pushCommand}
              value={`hutch init --dataset ${shellWord(name)} && hutch pull && hutch push`}
            />
          </Box>
        )
      }
    >
      {canUpload ? t.dropFilesOrAFolderHere : t.filesAppearHereOnceThey}
    </EmptyState>
  );
}

/** What would be selected without being seen is not. */
function refuseSelection() {
  notifications.show({
    message: t.theseAreMoreThanEntries(formatCount(mostSelected)),
  });
}

interface HeadProps {
  sort: Sort;
  onSort: ((sort: Sort) => void) | undefined;
  selection: Selection;
  /** All rows, where they can be selected together. */
  all: Row[] | undefined;
}

function Head({ sort, onSort, selection, all }: HeadProps) {
  const column = (key: SortKey, label: string, className: string | undefined) => (
    <div
      role="columnheader"
      tabIndex={-1}
      className={className}
      aria-sort={onSort && sort.key === key ? (sort.down ? "descending" : "ascending") : undefined}
    >
      {onSort ? (
        <button
          type="button"
          className={classes.sort}
          onClick={() => onSort({ key, down: sort.key === key ? !sort.down : key !== "name" })}
        >
          {label}
          {sort.key === key ? (
            sort.down ? (
              <SortDownIcon size={13} />
            ) : (
              <SortUpIcon size={13} />
            )
          ) : (
            <SortIcon size={13} opacity={0.35} />
          )}
        </button>
      ) : (
        label
      )}
    </div>
  );
  return (
    <div role="rowgroup" className={classes.headgroup}>
      <div role="row" tabIndex={-1} aria-rowindex={1} className={classes.head}>
        <div role="columnheader" tabIndex={-1} className={classes.check}>
          <input
            type="checkbox"
            aria-label={t.selectAll}
            disabled={!all}
            checked={!!all && all.length > 0 && selection.rows.size === all.length}
            onChange={(event) => (event.currentTarget.checked ? selection.set(all ?? []) : selection.clear())}
          />
        </div>
        {column("name", t.name, undefined)}
        {column("size", t.size, classes.size)}
        {column("time", t.modified, classes.time)}
      </div>
    </div>
  );
}

/** Folders first, then by the chosen column. */
function sortRows(rows: Row[], { key, down }: { key: SortKey; down: boolean }): Row[] {
  const sign = down ? -1 : 1;
  return rows.toSorted((a, b) => {
    if (!a.entry !== !b.entry) return a.entry ? 1 : -1;
    const order =
      key === "size"
        ? (a.entry?.size ?? 0) - (b.entry?.size ?? 0)
        : key === "time"
          ? (a.entry?.modified ?? 0) - (b.entry?.modified ?? 0)
          : 0;
    return sign * (order || compareNames(a.name, b.name));
  });
}
