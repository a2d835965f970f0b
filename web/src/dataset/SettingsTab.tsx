import { Alert, Autocomplete, Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { Unsaved } from "../drafts/Unsaved";
import { useDraft } from "../drafts/useDraft";
import { useTypes } from "../types/useTypes";
import type { DatasetContext } from "./context";

/** Name, title, type and owner. */
export default function SettingsTab() {
  const { dataset, refresh } = useOutletContext<DatasetContext>();
  const stored = { slug: dataset.slug, title: dataset.title ?? "", type: dataset.type };
  const draft = useDraft(`settings.${dataset.id}`, stored);
  const { slug, title, type } = draft.value;
  const [owner, setOwner] = useState("");
  const [isAsking, setAsking] = useState(false);
  const types = useTypes();
  const work = useWork();
  const params = { params: { path: { id: dataset.id } } };
  const offers = useQuery({
    queryKey: ["offers", "own"],
    queryFn: () => must(api.GET("/offers", { params: { query: { own: true } } })),
  });
  const offered = offers.data?.items?.find((offer) => offer.dataset === dataset.id);
  const save = work.onSubmit(async () => {
    await must(
      api.PATCH("/datasets/{id}", {
        ...params,
        body: {
          slug: slug === stored.slug ? undefined : slug,
          title: title === stored.title ? undefined : title,
          type: type === stored.type ? undefined : type,
        },
      }),
    );
    notifications.show({ message: "Settings saved." });
    await refresh();
    draft.drop();
  });
  return (
    <Stack maw={620} gap="xl">
      <form onSubmit={save}>
        <Stack>
          <ProblemAlert error={work.error} title="Could not save the settings" />
          <TextInput label="Title" value={title} onChange={(e) => draft.change({ title: e.currentTarget.value })} />
          <TextInput
            label="Name"
            description="If you rename the dataset, commands and S3 paths with the old name stop working"
            value={slug}
            onChange={(e) => draft.change({ slug: e.currentTarget.value })}
            spellCheck={false}
          />
          <Autocomplete
            label="Type"
            data={types.data?.map(({ name }) => name) ?? []}
            value={type}
            onChange={(value) => draft.change({ type: value })}
            spellCheck={false}
          />
          <Group justify="flex-end">
            {draft.isChanged && <Unsaved onDiscard={draft.drop} />}
            <Button type="submit" loading={work.isBusy} disabled={!draft.isChanged}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
      <Paper withBorder p="md">
        <Title order={2} size="h5">
          Transfer ownership
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          Move the dataset, and its use of quota, to another user or a group. It stays yours until they accept it.
        </Text>
        <Group align="flex-end">
          <TextInput
            label="New owner"
            value={owner}
            onChange={(e) => setOwner(e.currentTarget.value)}
            flex={1}
            miw={180}
            spellCheck={false}
          />
          <Button variant="default" disabled={owner.trim() === ""} onClick={() => setAsking(true)}>
            Transfer
          </Button>
        </Group>
      </Paper>
      {offered && (
        <Alert variant="light" title={`Offered to ${offered.to}`}>
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              void work.run(async () => {
                await must(api.DELETE("/offers/{id}", params));
                await offers.refetch();
              })
            }
          >
            Withdraw offer
          </Button>
        </Alert>
      )}
      <Text size="xs" c="dimmed">
        ID: <Name mono>{dataset.id}</Name>
      </Text>
      <ConfirmDialog
        title="Transfer this dataset?"
        action="Transfer"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const { name, offer } = await must(
            api.PUT("/datasets/{id}/owner", { ...params, body: { owner: owner.trim() } }),
          );
          const hint = offer?.hindrance ? ` They cannot accept it now: ${offer.hindrance}` : "";
          notifications.show({ message: offer ? `Offered to ${offer.to}.${hint}` : `The dataset is now ${name}.` });
          setOwner("");
          await offers.refetch();
          await refresh();
        }}
      >
        <Text size="sm">
          <Name wrap>{dataset.name}</Name> will belong to <Name wrap>{owner}</Name> once they accept it. You keep only
          the access that is granted to you.
        </Text>
      </ConfirmDialog>
    </Stack>
  );
}
