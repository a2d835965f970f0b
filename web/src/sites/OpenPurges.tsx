import { Alert, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { WarningIcon } from "../components/icons";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";

const renewMs = 5_000;

/** What was ordered to be purged at all sites and is not yet: the newest of it, and the sites that are waited for. */
export function OpenPurges() {
  const query = useQuery({
    queryKey: ["purges", "open"],
    queryFn: () => must(api.GET("/purges", { params: { query: { open: true, limit: 20 } } })),
    refetchInterval: renewMs,
  });
  if (query.isError)
    return <ProblemAlert error={query.error} title="Could not load the purges" onRetry={() => query.refetch()} />;
  if (!query.data || query.data.items.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" title="Purges that are not done at every site" icon={<WarningIcon />}>
      <List size="sm" spacing={4}>
        {query.data.items.map((purge) => (
          <List.Item key={purge.dataset}>
            <Name>{purge.name ?? purge.dataset}</Name>, ordered <Time value={purge.ordered} /> by {purge.by}: waiting
            for{" "}
            {purge.sites
              .filter(({ state }) => state === "waiting")
              .map(({ site }) => site)
              .join(", ")}
          </List.Item>
        ))}
      </List>
      {query.data.next && (
        <Text size="sm" mt={4}>
          There are more: <code>hutch purges</code> lists all.
        </Text>
      )}
    </Alert>
  );
}
