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
import { dataset as t } from "../messages/en";
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
    notifications.show({ message: t.settingsSaved });
    await refresh();
    draft.drop();
  });
  return (
    <Stack maw={620} gap="xl">
      <form onSubmit={save}>
        <Stack>
          <ProblemAlert error={work.error} title={t.couldNotSaveTheSettings} />
          <TextInput label={t.title} value={title} onChange={(e) => draft.change({ title: e.currentTarget.value })} />
          <TextInput
            label={t.name}
            description={t.ifYouRenameTheDatasetCommands}
            value={slug}
            onChange={(e) => draft.change({ slug: e.currentTarget.value })}
            spellCheck={false}
          />
          <Autocomplete
            label={t.type}
            data={types.data?.map(({ name }) => name) ?? []}
            value={type}
            onChange={(value) => draft.change({ type: value })}
            spellCheck={false}
          />
          <Group justify="flex-end">
            {draft.isChanged && <Unsaved onDiscard={draft.drop} />}
            <Button type="submit" loading={work.isBusy} disabled={!draft.isChanged}>
              {t.save}
            </Button>
          </Group>
        </Stack>
      </form>
      <Paper withBorder p="md">
        <Title order={2} size="h5">
          {t.transferOwnership}
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          {t.moveTheDatasetAndItsUse}
        </Text>
        <Group align="flex-end">
          <TextInput
            label={t.newOwner}
            value={owner}
            onChange={(e) => setOwner(e.currentTarget.value)}
            flex={1}
            miw={180}
            spellCheck={false}
          />
          <Button variant="default" disabled={owner.trim() === ""} onClick={() => setAsking(true)}>
            {t.transfer}
          </Button>
        </Group>
      </Paper>
      {offered && (
        <Alert variant="light" title={t.offeredTo(offered.to)}>
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
            {t.withdrawOffer}
          </Button>
        </Alert>
      )}
      <Text size="xs" c="dimmed">
        {t.id}
        <Name mono>{dataset.id}</Name>
      </Text>
      <ConfirmDialog
        title={t.transferThisDataset}
        action={t.transfer}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const { name, offer } = await must(
            api.PUT("/datasets/{id}/owner", { ...params, body: { owner: owner.trim() } }),
          );
          const hint = offer?.hindrance ? t.theyCannotAcceptItNow(offer.hindrance) : "";
          notifications.show({ message: offer ? t.offeredTo2(offer.to, hint) : t.theDatasetIsNow(name) });
          setOwner("");
          await offers.refetch();
          await refresh();
        }}
      >
        <Text size="sm">
          <Name wrap>{dataset.name}</Name>
          {t.willBelong}
          <Name wrap>{owner}</Name>
          {t.onceTheyAcceptItYouKeep}
        </Text>
      </ConfirmDialog>
    </Stack>
  );
}
