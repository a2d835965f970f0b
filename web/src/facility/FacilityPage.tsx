import { Group, NativeSelect, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { isCode } from "../api/client";
import type { ApiProblem } from "../api/problem";
import { EmptyState } from "../components/EmptyState";
import { FolderIcon, SearchIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { useListState } from "../components/useListState";
import { usePageTitle } from "../components/usePageTitle";
import { facility as t } from "../messages/en";
import { EndCalendar } from "./EndCalendar";
import { FolderTable } from "./FolderTable";
import { type Counts, renewMs, stateChoices, type Wanted } from "./folders";
import { loadFolders } from "./loadFacility";
import { ParentTable } from "./ParentTable";

/** The folders that the facility agent watches: a table, and a calendar of what ends when. */
export default function FacilityPage() {
  usePageTitle(t.facility);
  const [{ q: typed, show, view }, change] = useListState({ q: "", show: "all", view: "table" });
  const [text] = useDebouncedValue(typed.trim(), 250);
  const wanted = { state: show, text };
  const query = useInfiniteQuery({
    queryKey: ["facility", wanted.state, wanted.text],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => loadFolders(wanted, pageParam, signal),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data, error } }) => !isNoAgent(error) && renewMs(data?.pages.length ?? 1),
  });
  const folders = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  if (isNoAgent(query.error)) return <NoAgent advice={query.error.advice} />;
  const last = query.data?.pages.at(-1);
  return (
    <>
      <PageHeader title={t.facility}>{t.facilityFoldersServedInPlace}</PageHeader>
      {query.isPending && <Loading label={t.loadingTheFolders} />}
      <Stack gap="xl">
        {query.isError && (
          <ProblemAlert
            error={query.error}
            title={last ? t.thisIsTheLastKnownState : t.couldNotLoadTheFolders2}
            onRetry={() => query.refetch()}
          />
        )}
        {last && last.counts.all === 0 && typed === "" && text === "" ? (
          <EmptyState icon={<FolderIcon size={26} />} title={t.noFoldersYet}>
            {t.eachFolderInAWatchedOne}
          </EmptyState>
        ) : (
          last && (
            <Stack>
              <Choice typed={typed} wanted={wanted} view={view} counts={last.counts} onChange={change} />
              {view === "calendar" ? (
                <EndCalendar wanted={wanted} />
              ) : folders.length === 0 ? (
                <EmptyState icon={<SearchIcon size={26} />} title={t.noMatch}>
                  {t.anyPartOfAFoldersPath}
                </EmptyState>
              ) : (
                <FolderTable
                  label={t.folders}
                  folders={folders}
                  count={query.hasNextPage ? countOf(last.counts, wanted.state) : folders.length}
                  more={<MoreButton list={query} />}
                />
              )}
            </Stack>
          )
        )}
        {last && <ParentTable parents={last.parents} />}
      </Stack>
    </>
  );
}

/** Whether the server watches no folders at all. */
function isNoAgent(problem: unknown): problem is ApiProblem {
  return isCode(problem, "not-found");
}

function NoAgent({ advice }: { advice: string | undefined }) {
  return (
    <EmptyState icon={<FolderIcon size={26} />} title={t.thisServerWatchesNoFolders} isPage>
      {advice}
    </EmptyState>
  );
}

function countOf(counts: Counts, state: string): number {
  return counts[state as keyof Counts] ?? counts.all;
}

interface ChoiceProps {
  typed: string;
  wanted: Wanted;
  view: string;
  counts: Counts;
  onChange: (change: { q?: string; show?: string; view?: string }) => void;
}

/** Which folders are shown, and how. */
function Choice({ typed, wanted, view, counts, onChange }: ChoiceProps) {
  return (
    <Group gap="sm">
      <TextInput
        type="search"
        aria-label={t.searchFolderDatasetIdentityAndProblem}
        placeholder={t.searchFolderDatasetProblem}
        leftSection={<SearchIcon size={16} />}
        value={typed}
        onChange={(event) => onChange({ q: event.currentTarget.value })}
        flex={1}
        miw={200}
        maw={420}
      />
      <NativeSelect
        aria-label={t.state}
        value={wanted.state}
        onChange={(event) => onChange({ show: event.currentTarget.value })}
        data={stateChoices(counts, wanted.state)}
      />
      <SegmentedControl
        aria-label={t.view}
        value={view}
        onChange={(value) => onChange({ view: value })}
        data={[
          { value: "table", label: t.table },
          { value: "calendar", label: t.calendar },
        ]}
      />
    </Group>
  );
}
