import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../api/client";
import type { Dataset } from "../dataset/context";
import { compare as t } from "../messages/en";
import { recentDatasets } from "../recent/recent";
import { useSession } from "../session/session";

const most = 12;

interface DatasetChoiceProps {
  label: string;
  value: Dataset | undefined;
  onChoice: (id: string) => void;
}

/** Chooses a dataset: those that were opened last, or what a search finds. */
export function DatasetChoice({ label, value, onChoice }: DatasetChoiceProps) {
  const { me } = useSession();
  const [typed, setTyped] = useState("");
  const [line] = useDebouncedValue(typed === value?.name ? "" : typed.trim(), 150);
  const found = useQuery({
    queryKey: ["palette", line],
    enabled: line !== "",
    queryFn: ({ signal }) => must(api.GET("/search", { signal, params: { query: { q: line, limit: most } } })),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const listed = line === "" ? recentDatasets(me?.user ?? "") : (found.data?.items ?? []);
  const names = new Map([...(value ? [value] : []), ...listed].map(({ id, name }) => [id as string, name]));
  return (
    <Select
      label={label}
      placeholder={t.searchByName}
      searchable
      allowDeselect={false}
      nothingFoundMessage={line === "" ? undefined : t.noDatasetFound}
      data={[...names].map(([id, name]) => ({ value: id, label: name }))}
      // The server has searched.
      filter={({ options }) => options}
      value={value?.id ?? null}
      onChange={(id) => id && onChoice(id)}
      searchValue={typed}
      onSearchChange={setTyped}
    />
  );
}
