import { Alert, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, done, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { useDraft } from "../drafts/useDraft";
import { isPerson, useSession } from "../session/session";
import type { Dataset } from "./context";

const mostText = 500;

/** For who may see a dataset and not read it: asks for that, and says what came of it. */
export function AskAccess({ dataset }: { dataset: Dataset }) {
  const { me } = useSession();
  const queries = useQueryClient();
  const key = ["access-requests", "own"];
  const query = useQuery({
    queryKey: key,
    queryFn: () => must(api.GET("/access-requests", { params: { query: { own: true } } })),
    enabled: isPerson(me),
  });
  const work = useWork();
  const [isAsking, setAsking] = useState(false);
  const draft = useDraft(`ask.${dataset.id}`, { text: "" });
  const { text } = draft.value;
  if (!isPerson(me)) return null;
  const params = { params: { path: { id: dataset.id } } };
  const refresh = () => queries.invalidateQueries({ queryKey: key });
  const request = query.data?.items?.find((one) => one.dataset === dataset.id);
  return (
    <Alert variant="light" title="You can see this dataset, but not read its files" mt="sm" mb="md">
      <Stack gap="xs" align="flex-start">
        {query.isError && (
          <ProblemAlert error={query.error} title="Could not load your requests" onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && !request && (
          <Button size="xs" onClick={() => setAsking(true)}>
            Ask for access
          </Button>
        )}
        {request?.state === "open" && (
          <Group gap="sm">
            <Text size="sm">
              You asked for access <Time value={request.time} />. Those who manage the dataset have not answered yet.
            </Text>
            <Button
              size="xs"
              variant="default"
              loading={work.isBusy}
              onClick={() =>
                work.run(async () => {
                  await done(api.DELETE("/datasets/{id}/access-request", params));
                  await refresh();
                })
              }
            >
              Withdraw request
            </Button>
          </Group>
        )}
        {request?.state === "denied" && (
          <Text size="sm">
            Your request was denied <Time value={request.denied ?? request.time} />. You can ask again after a week.
          </Text>
        )}
        <ProblemAlert error={work.error} />
      </Stack>
      <ConfirmDialog
        title="Ask for access"
        action="Send request"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/access-request", { ...params, body: { text } }));
          draft.drop();
          await refresh();
        }}
      >
        <Textarea
          label="What should they know?"
          description="Those who manage the dataset see your name and this text."
          value={text}
          maxLength={mostText}
          onChange={(event) => draft.change({ text: event.currentTarget.value })}
          autosize
          minRows={3}
          data-autofocus
        />
      </ConfirmDialog>
    </Alert>
  );
}
