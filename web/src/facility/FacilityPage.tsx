import { Alert, Group, NativeSelect, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { isCode } from "../api/client";
import type { ApiProblem } from "../api/problem";
import { EmptyState } from "../components/EmptyState";
import { FolderIcon, SearchIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { formatCount } from "../text/format";
import { EndCalendar } from "./EndCalendar";
import { FolderTable } from "./FolderTable";
import { type Folder, isIn, matching, renewMs, states } from "./folders";
import { loadFacility } from "./loadFacility";
import { ParentTable } from "./ParentTable";

/** The folders that the facility agent watches: a table, and a calendar of what ends when. */
export default function FacilityPage() {
  usePageTitle("Facility");
  const query = useQuery({
    queryKey: ["facility"],
    queryFn: ({ signal }) => loadFacility(signal),
    refetchInterval: ({ state: { data, error } }) => !isNoAgent(error) && renewMs(data?.folders.length ?? 0),
  });
  const { data } = query;
  if (isNoAgent(query.error)) return <NoAgent advice={query.error.advice} />;
  return (
    <>
      <PageHeader title="Facility">Folders that are published where they are</PageHeader>
      {query.isPending && <Loading label="Loading the folders" />}
      <Stack gap="xl">
        {query.isError && (
          <ProblemAlert
            error={query.error}
            title={data ? "What follows was seen last, and is not renewed" : "Could not load the folders"}
            onRetry={() => query.refetch()}
          />
        )}
        {data?.isCut && (
          <Alert
            color="yellow"
            variant="light"
            title={`These are the first ${formatCount(data.folders.length)} folders`}
          >
            The page shows no more; hutch agent status lists all.
          </Alert>
        )}
        {data && data.folders.length === 0 && (
          <EmptyState icon={<FolderIcon size={26} />} title="No folders yet">
            Each folder in a watched one appears here, and becomes a dataset when it holds a metadata file.
          </EmptyState>
        )}
        {data && data.folders.length > 0 && <Folders folders={data.folders} />}
        {data && <ParentTable parents={data.parents} />}
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
    <EmptyState icon={<FolderIcon size={26} />} title="This server watches no folders" isPage>
      {advice}
    </EmptyState>
  );
}

function Folders({ folders }: { folders: Folder[] }) {
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState("");
  const state = search.get("show") ?? "all";
  const view = search.get("view") ?? "table";
  const set = (name: string, value: string, usual: string) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === usual) after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  const found = useMemo(() => matching(folders, state, text), [folders, state, text]);
  return (
    <Stack>
      <Group gap="sm">
        <TextInput
          type="search"
          aria-label="Search folder, dataset, identity and problem"
          placeholder="Search folder, dataset, problem"
          leftSection={<SearchIcon size={16} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          flex={1}
          miw={200}
          maw={420}
        />
        <NativeSelect
          aria-label="State"
          value={state}
          onChange={(event) => set("show", event.currentTarget.value, "all")}
          data={[{ value: "all", label: `All (${formatCount(folders.length)})` }, ...stateChoices(folders, state)]}
        />
        <SegmentedControl
          aria-label="View"
          value={view}
          onChange={(value) => set("view", value, "table")}
          data={[
            { value: "table", label: "Table" },
            { value: "calendar", label: "Calendar" },
          ]}
        />
      </Group>
      {view === "calendar" ? (
        <EndCalendar folders={found} />
      ) : found.length === 0 ? (
        <EmptyState icon={<SearchIcon size={26} />} title="No match">
          Any part of a folder's path, dataset, identity or problem is searched.
        </EmptyState>
      ) : (
        <FolderTable label="Folders" folders={found} />
      )}
    </Stack>
  );
}

/** The states in which there is a folder, and the one that is chosen. */
function stateChoices(folders: Folder[], chosen: string) {
  return Object.entries(states)
    .map(([value, { label }]) => ({ value, label, count: folders.filter((folder) => isIn(folder, value)).length }))
    .filter(({ value, count }) => count > 0 || value === chosen)
    .map(({ value, label, count }) => ({ value, label: `${label} (${formatCount(count)})` }));
}
