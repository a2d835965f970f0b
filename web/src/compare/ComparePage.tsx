import { Button, Group, SegmentedControl, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useSearchParams } from "react-router";
import { api, must } from "../api/client";
import { load } from "../api/load";
import { EmptyState } from "../components/EmptyState";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { BranchIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import type { Dataset } from "../dataset/context";
import { compare as t } from "../messages/en";
import { Difference } from "../versions/Difference";
import { DatasetChoice } from "./DatasetChoice";
import { MetadataComparison } from "./MetadataComparison";
import type { Pair } from "./pair";

const FramesComparison = lazy(() => load(() => import("./FramesComparison")));
const RunsComparison = lazy(() => load(() => import("./RunsComparison")));

const parts = [
  { value: "metadata", label: t.metadata },
  { value: "files", label: t.files },
  { value: "frames", label: t.frames },
  { value: "runs", label: t.runs },
] as const;

/** Two datasets, frames or runs side by side. The address says which, and what is seen of them. */
export default function ComparePage() {
  usePageTitle(t.compare);
  const [search, setSearch] = useSearchParams();
  // An empty id is the address of the list.
  const [left, right] = [useDataset(search.get("left") || null), useDataset(search.get("right") || null)];
  const part = (parts.find(({ value }) => value === search.get("show")) ?? parts[0]).value;
  const change = (values: Record<string, string>) =>
    setSearch(
      (before) => {
        // What was seen of other datasets, such as a path, is none of these.
        const next = new URLSearchParams();
        for (const name of ["left", "right", "show"]) {
          const value = values[name] ?? before.get(name);
          if (value) next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  const failed = left.error ?? right.error;
  const pair = left.data && right.data ? pairOf(left.data, right.data) : undefined;
  return (
    <>
      <PageHeader title={t.compare} />
      <Stack>
        <Group align="flex-end" gap="xs">
          <Group grow flex="1 1 320px" gap="xs" preventGrowOverflow={false}>
            <DatasetChoice label={t.dataset(t.left)} value={left.data} onChoice={(id) => change({ left: id })} />
            <DatasetChoice label={t.dataset(t.right)} value={right.data} onChoice={(id) => change({ right: id })} />
          </Group>
          <Button
            variant="default"
            disabled={!pair}
            onClick={() => change({ left: right.data?.id ?? "", right: left.data?.id ?? "" })}
          >
            {t.swap}
          </Button>
        </Group>
        {failed && <ProblemAlert error={failed} title={t.couldNotLoadTheDataset} />}
        {!failed && (left.isLoading || right.isLoading) && <Loading />}
        {!failed && !left.isLoading && !right.isLoading && !pair && (
          <EmptyState icon={<BranchIcon size={26} />} title={t.chooseTwoDatasets}>
            {t.theyAreShownSideBySide}
          </EmptyState>
        )}
        {pair && (
          <>
            <SegmentedControl
              aria-label={t.what}
              style={{ alignSelf: "flex-start" }}
              data={[...parts]}
              value={part}
              onChange={(value) => change({ show: value })}
            />
            <ErrorBoundary key={`${pair.left.id} ${pair.right.id} ${part}`}>
              <Suspense fallback={<Loading />}>
                <Part part={part} pair={pair} path={search.get("path") ?? undefined} />
              </Suspense>
            </ErrorBoundary>
          </>
        )}
      </Stack>
    </>
  );
}

function Part({ part, pair, path }: { part: (typeof parts)[number]["value"]; pair: Pair; path: string | undefined }) {
  const { left, right, names } = pair;
  switch (part) {
    case "metadata":
      return <MetadataComparison {...pair} />;
    case "frames":
      return <FramesComparison {...pair} />;
    case "runs":
      return <RunsComparison {...pair} />;
    case "files": {
      const searchOf = (shown: string | undefined) =>
        `?${new URLSearchParams({ left: left.id, right: right.id, show: "files", ...(shown === undefined ? {} : { path: shown }) })}`;
      const sideOf = (dataset: Dataset, label: string) => ({ dataset, at: undefined, label, title: label });
      return (
        <Difference
          before={sideOf(left, names.left)}
          after={sideOf(right, names.right)}
          path={path}
          searchOf={searchOf}
        />
      );
    }
  }
}

function pairOf(left: Dataset, right: Dataset): Pair {
  const names = left.id === right.id ? { left: t.left, right: t.right } : { left: left.name, right: right.name };
  return { left, right, names };
}

function useDataset(id: string | null) {
  return useQuery({
    queryKey: ["dataset", id],
    queryFn: () => must(api.GET("/datasets/{id}", { params: { path: { id: id ?? "" } } })),
    enabled: id !== null,
  });
}
