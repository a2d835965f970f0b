import { Alert, Anchor, Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, done, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { datasets as t } from "../messages/en";
import { isPerson, useSession } from "../session/session";
import { rightChoices } from "../text/rights";

type Request = Schemas["AccessRequestInfo"];

/** Requests for access that wait for an answer: for one dataset, or for all that the user manages. */
export function Requests({ dataset }: { dataset?: string }) {
  const { me } = useSession();
  const query = useQuery({
    queryKey: ["access-requests", dataset ?? "all"],
    queryFn: () =>
      dataset
        ? must(api.GET("/datasets/{id}/access-requests", { params: { path: { id: dataset } } }))
        : must(api.GET("/access-requests")),
    enabled: isPerson(me),
  });
  const items = query.data?.items ?? [];
  // A site that has joined a zone says that the zone answers: no news on the page of all datasets.
  if (query.isError && dataset)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheRequests} onRetry={() => query.refetch()} />;
  if (items.length === 0) return null;
  return (
    <Stack gap="sm" mb="md">
      {items.map((request) => (
        <RequestAlert key={`${request.dataset} ${request.user}`} request={request} isNamed={!dataset} />
      ))}
    </Stack>
  );
}

function RequestAlert({ request, isNamed }: { request: Request; isNamed: boolean }) {
  const queries = useQueryClient();
  const [right, setRight] = useState("read");
  const work = useWork();
  const answer = (granted: boolean) =>
    work.run(async () => {
      await done(
        api.POST("/datasets/{id}/access-requests/{user}", {
          params: { path: { id: request.dataset, user: request.user } },
          body: granted ? { granted, right } : { granted },
        }),
      );
      await queries.invalidateQueries({ queryKey: ["access-requests"] });
      await queries.invalidateQueries({ queryKey: ["grants", request.dataset] });
    });
  return (
    <Alert variant="light" title={t.asksForAccess(request.displayName ?? request.user)}>
      <Stack gap="xs">
        <Text size="sm">
          <Name>{request.user}</Name>
          {isNamed && (
            <>
              {t.for}{" "}
              <Anchor component={Link} to={`/datasets/${request.dataset}/access`} inherit>
                <Name wrap>{request.name}</Name>
              </Anchor>
            </>
          )}
          , <Time value={request.time} />
        </Text>
        {request.text !== "" && (
          <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {request.text}
          </Text>
        )}
        <ProblemAlert error={work.error} />
        <Group gap="xs">
          <NativeSelect
            size="xs"
            aria-label={t.accessFor(request.user)}
            data={rightChoices.filter(({ value }) => value !== "view")}
            value={right}
            onChange={(event) => setRight(event.currentTarget.value)}
          />
          <Button size="xs" loading={work.isBusy} onClick={() => answer(true)}>
            {t.grant}
          </Button>
          <Button size="xs" variant="default" disabled={work.isBusy} onClick={() => answer(false)}>
            {t.deny}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
