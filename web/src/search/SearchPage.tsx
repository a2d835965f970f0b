import { Alert, Button, Group, NativeSelect, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { api, must } from "../api/client";
import { nextWithItems } from "../api/pages";
import { describeProblem } from "../api/problem";
import { DataTable } from "../components/DataTable";
import { EmptyState } from "../components/EmptyState";
import { SearchIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { columns } from "../datasets/columns";
import { search as t } from "../messages/en";
import { formatCount, plural } from "../text/format";
import { Facets } from "./Facets";
import { FoundPublications } from "./FoundPublications";
import classes from "./Search.module.css";

const pageSize = 100;

/** The filters take room: names are told apart by more than their beginnings. */
const shownColumns = columns.filter((column) => column.id !== "files" && column.id !== "bytes");

/** Finds datasets by words and conditions, with what there is to choose from beside them. The search is in the address. */
export default function SearchPage() {
  usePageTitle(t.search);
  const [address, setAddress] = useSearchParams();
  const line = address.get("q") ?? "";
  const sort = address.get("sort") ?? "";
  const [typed, setTyped] = useState(line);
  // On a narrow screen only: elsewhere they are always there.
  const [areFiltersOpen, filters] = useDisclosure();
  const filtersId = useId();
  const change = (next: { q?: string; sort?: string }, replace = false) => {
    const after = new URLSearchParams(address);
    for (const [name, value] of Object.entries(next)) {
      if (value) after.set(name, value);
      else after.delete(name);
    }
    setAddress(after, { replace });
  };

  // Typed text goes into the address. Other changes of the address (a filter, "Back") go into the field.
  const sent = useRef(line);
  const send = useDebouncedCallback((text: string) => {
    sent.current = text.trim();
    change({ q: sent.current }, true);
  }, 250);
  useEffect(() => {
    if (line === sent.current) return;
    sent.current = line;
    setTyped(line);
  }, [line]);

  const list = useInfiniteQuery({
    queryKey: ["search", line, sort],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      nextWithItems(
        (cursor) =>
          must(
            api.GET("/search", {
              signal,
              params: { query: { q: line || undefined, sort: sort || undefined, limit: pageSize, cursor } },
            }),
          ),
        pageParam,
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const facets = useQuery({
    queryKey: ["facets", line],
    queryFn: ({ signal }) => must(api.GET("/search/facets", { signal, params: { query: { q: line || undefined } } })),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items ?? []) ?? [], [list.data]);
  const publications = useMemo(() => list.data?.pages.flatMap((page) => page.publications ?? []) ?? [], [list.data]);
  // While a search cannot be read, the filters of the last one that could stay: one of them may mend it.
  const counted = useRef(facets.data);
  if (facets.data) counted.current = facets.data;
  const choices = counted.current?.facets ?? [];
  const numbers = choices.filter((facet) => facet.kind === "number");

  return (
    <>
      <PageHeader title={t.search}>{t.wordsAndConditionsSuchAsType}</PageHeader>
      <Group mb="lg" gap="sm">
        <TextInput
          type="search"
          aria-label={t.searchDatasets}
          placeholder={t.lysozymeWavelength}
          leftSection={<SearchIcon size={16} />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            send(event.currentTarget.value);
          }}
          className={classes.field}
          data-autofocus
        />
        <NativeSelect
          aria-label={t.order}
          value={sort}
          onChange={(event) => change({ sort: event.currentTarget.value }, true)}
          data={[
            { value: "", label: t.newestFirst },
            { value: "created", label: t.oldestFirst },
            { value: "name", label: t.byName },
            ...numbers.flatMap((facet) => [
              { value: facet.name, label: t.leastFirst(facet.title) },
              { value: `-${facet.name}`, label: t.greatestFirst(facet.title) },
            ]),
            ...(sort &&
            !["created", "name"].includes(sort) &&
            !numbers.some((one) => sort.replace("-", "") === one.name)
              ? [{ value: sort, label: sort }]
              : []),
          ]}
        />
      </Group>
      <div className={classes.page}>
        {choices.length > 0 && (
          <Button
            variant="default"
            size="xs"
            hiddenFrom="md"
            onClick={filters.toggle}
            aria-expanded={areFiltersOpen}
            aria-controls={filtersId}
          >
            {t.filters}
          </Button>
        )}
        <div className={classes.filters} id={filtersId} data-opened={areFiltersOpen || undefined}>
          {choices.length > 0 && <Facets facets={choices} line={line} onChange={(q) => change({ q })} />}
          {facets.isError && !list.isError && (
            <ProblemAlert error={facets.error} title={t.couldNotCount} onRetry={() => facets.refetch()} />
          )}
        </div>
        {list.isError ? (
          <ProblemAlert error={list.error} title={failureTitle(list.error)} onRetry={() => list.refetch()} />
        ) : (
          <Stack gap="sm">
            {[...new Set(list.data?.pages.flatMap((page) => page.notes ?? []))].map((note) => (
              <Alert key={note} color="yellow" variant="light" role="status">
                {note}
              </Alert>
            ))}
            <Text size="sm" c="dimmed" role="status">
              {facets.data &&
                (facets.data.more
                  ? t.moreThanDatasetsTheNewest(formatCount(facets.data.found))
                  : plural(facets.data.found, t.countDatasets))}
            </Text>
            {list.isPending && <Loading label={t.searching} rows={8} />}
            {list.isSuccess && rows.length === 0 && publications.length === 0 && (
              <EmptyState icon={<SearchIcon size={26} />} title={t.noResults}>
                {facets.data?.notes?.join(" ") ?? t.tryFewerOrShorterTerms}
              </EmptyState>
            )}
            {rows.length > 0 && (
              <Paper withBorder radius="md">
                <DataTable
                  label={t.datasets}
                  rows={rows}
                  columns={shownColumns}
                  rowId={(row) => row.id}
                  canSort={false}
                />
              </Paper>
            )}
            {publications.length > 0 && <FoundPublications publications={publications} />}
            <MoreButton list={list} isEager />
          </Stack>
        )}
      </div>
    </>
  );
}

function failureTitle(error: unknown): string {
  return describeProblem(error).status === 400 ? t.thisSearchIsNotUnderstood : t.couldNotSearch;
}
