import { Alert, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { WarningIcon } from "../components/icons";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { sites as t } from "../messages/en";

const renewMs = 5_000;

/** What was ordered to be purged at all sites and is not yet: the newest of it, and the sites that are waited for. */
export function OpenPurges() {
  const query = useQuery({
    queryKey: ["purges", "open"],
    queryFn: () => must(api.GET("/purges", { params: { query: { open: true, limit: 20 } } })),
    refetchInterval: renewMs,
  });
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadThePurges} onRetry={() => query.refetch()} />;
  if (!query.data || query.data.items.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" title={t.purgesThatAreNotDone} icon={<WarningIcon />}>
      <List size="sm" spacing={4}>
        {query.data.items.map((purge) => (
          <List.Item key={purge.dataset}>
            <Name>{purge.name ?? purge.dataset}</Name>
            {t.ordered}
            <Time value={purge.ordered} />
            {t.by}
            {purge.by}
            {t.waitingFor}{" "}
            {purge.sites
              .filter(({ state }) => state === "waiting")
              .map(({ site }) => site)
              .join(", ")}
          </List.Item>
        ))}
      </List>
      {query.data.next && (
        <Text size="sm" mt={4}>
          {t.thereAreMore}
          <code>hutch purges</code>
          {t.listsAll}
        </Text>
      )}
    </Alert>
  );
}
