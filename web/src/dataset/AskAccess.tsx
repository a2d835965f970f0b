import { Alert, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, done, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { useDraft } from "../drafts/useDraft";
import { dataset as t } from "../messages/en";
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
    <Alert variant="light" title={t.youCanSeeThisDatasetBut} mt="sm" mb="md">
      <Stack gap="xs" align="flex-start">
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadYourRequests} onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && !request && (
          <Button size="xs" onClick={() => setAsking(true)}>
            {t.askForAccess}
          </Button>
        )}
        {request?.state === "open" && (
          <Group gap="sm">
            <Text size="sm">
              {t.youAskedForAccess}
              <Time value={request.time} />
              {t.thoseWhoManageTheDatasetHave}
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
              {t.withdrawRequest}
            </Button>
          </Group>
        )}
        {request?.state === "denied" && (
          <Text size="sm">
            {t.yourRequestWasDenied}
            <Time value={request.denied ?? request.time} />
            {t.youCanAskAgainAfter}
          </Text>
        )}
        <ProblemAlert error={work.error} />
      </Stack>
      <ConfirmDialog
        title={t.askForAccess}
        action={t.sendRequest}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/access-request", { ...params, body: { text } }));
          draft.drop();
          await refresh();
        }}
      >
        <Textarea
          label={t.whatShouldTheyKnow}
          description={t.thoseWhoManageTheDatasetSee}
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
