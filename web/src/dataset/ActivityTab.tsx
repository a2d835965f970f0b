import { Anchor, Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useOutletContext } from "react-router";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { Events } from "../components/Events";
import { ClockIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { ProblemAlert } from "../components/ProblemAlert";
import { dataset as t } from "../messages/en";
import type { Dataset, DatasetContext } from "./context";
import { Downloads } from "./Downloads";

/** How often the dataset was downloaded, and its audit log, newest first. */
export default function ActivityTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  return (
    <Stack maw={860} gap="xl">
      <Downloads dataset={dataset} />
      <Log dataset={dataset} />
    </Stack>
  );
}

function Log({ dataset }: { dataset: Dataset }) {
  const query = useInfiniteQuery({
    queryKey: ["activity", dataset.id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/datasets/{id}/activity", {
          params: { path: { id: dataset.id }, query: { limit: 50, cursor: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const events = useMemo(
    () =>
      (query.data?.pages ?? [])
        .flatMap((page) => page.items)
        .map(({ snapshot, ...event }, index) => ({
          ...event,
          key: index,
          target: snapshot != null && (
            <Anchor component={Link} to={`/datasets/${dataset.id}?at=${snapshot}`} size="sm" underline="always">
              @{snapshot}
            </Anchor>
          ),
        })),
    [query.data, dataset.id],
  );
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheActivity} onRetry={() => query.refetch()} />;
  if (events.length === 0)
    return (
      <EmptyState icon={<ClockIcon size={26} />} title={t.noActivityYet}>
        {t.changesToFilesMetadataAndAccess}
      </EmptyState>
    );
  return (
    <Stack>
      <Events label={t.activity} events={events} />
      <MoreButton list={query} />
    </Stack>
  );
}
