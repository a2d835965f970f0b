import { Anchor, Button, Group, List, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { CopyField } from "../components/CopyField";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Time } from "../components/Time";
import type { DatasetContext } from "../dataset/context";
import { useDraft } from "../drafts/useDraft";
import { publication as t } from "../messages/en";
import { DescriptionForm, type PublicationDraft } from "./DescriptionForm";
import { DoiState, isDoiUnderWay } from "./DoiState";
import type { Publication } from "./description";
import { PublishDialog } from "./PublishDialog";
import { WithdrawDialog } from "./WithdrawDialog";

/** Describes the dataset for strangers, and publishes it. */
export default function PublicationTab() {
  const { dataset, refresh } = useOutletContext<DatasetContext>();
  const queries = useQueryClient();
  const queryKey = ["publication", dataset.id];
  const query = useQuery({
    queryKey,
    queryFn: () => must(api.GET("/datasets/{id}/publication", { params: { path: { id: dataset.id } } })),
    refetchInterval: (current) => (isDoiUnderWay(current.state.data) ? 3000 : false),
  });
  const [asked, setAsked] = useState<Question>();
  const revision = query.data?.revision ?? 0;
  const draft = useDraft<PublicationDraft>(`publication.${dataset.id}`, {
    description: {
      ...(revision === 0 ? { title: dataset.title ?? undefined, license: "CC-BY-4.0" } : {}),
      ...query.data?.description,
    },
    base: revision,
  });
  if (query.isPending) return <Loading />;
  // Loaded data stay while a reload fails, because the user may be typing.
  if (!query.data)
    return <ProblemAlert error={query.error} title={t.couldNotLoadThePublication} onRetry={() => query.refetch()} />;
  const publication = query.data;
  const take = (changed: Publication) => queries.setQueryData(queryKey, changed);
  const save = async ({ description, base }: PublicationDraft) => {
    take(
      await must(
        api.PUT("/datasets/{id}/publication", {
          params: { path: { id: dataset.id }, header: { "If-Match": `"${base}"` } },
          body: description,
        }),
      ),
    );
    draft.drop();
  };
  const finish = async (changed: Publication) => {
    take(changed);
    await refresh();
  };
  const close = () => setAsked(undefined);
  return (
    <Stack maw={860} gap="lg">
      <Standing publication={publication} onAsk={setAsked} />
      <DoiState dataset={dataset.id} publication={publication} onDone={take} />
      <DescriptionForm key={dataset.id} publication={publication} draft={draft} onSave={save} />
      <ToPublish
        publication={publication}
        isClosed={dataset.state === "closed"}
        isChanged={draft.isChanged}
        onAsk={setAsked}
      />
      <ConfirmDialog
        title={t.closeAndPublish}
        action={t.closeDataset}
        isOpen={asked === "close"}
        onClose={() => setAsked((before) => (before === "close" ? undefined : before))}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/close", { params: { path: { id: dataset.id } }, body: {} }));
          await refresh();
          setAsked("publish");
        }}
      >
        {t.itsFilesCannotChangeAfterwards}
      </ConfirmDialog>
      <PublishDialog
        dataset={dataset.id}
        dois={publication.doi ? "reserved" : publication.givesDois ? "given" : "none"}
        isOpen={asked === "publish"}
        onClose={close}
        onDone={finish}
      />
      <WithdrawDialog dataset={dataset.id} isOpen={asked === "withdraw"} onClose={close} onDone={finish} />
    </Stack>
  );
}

type Question = "close" | "publish" | "withdraw";

interface StandingProps {
  publication: Publication;
  onAsk: (question: Question) => void;
}

/** Whether it is published, and what is missing. */
function Standing({ publication, onAsk }: StandingProps) {
  const required = publication.checklist.filter((problem) => problem.required);
  const better = publication.checklist.filter((problem) => !problem.required);
  const isDraft = publication.state === "none" || publication.state === "draft";
  return (
    <Stack gap="sm">
      {isDraft ? <Text>{t.aPublishedDatasetHasAPage}</Text> : <Page publication={publication} />}
      {publication.revision > 0 && publication.state !== "withdrawn" && (
        <>
          <Findings title={t.missingBeforeItCanBePublished} problems={required} />
          <Findings title={t.wouldMakeItEasierToFind} problems={better} />
        </>
      )}
      {publication.state === "published" && (
        <Group>
          <Button variant="default" onClick={() => onAsk("withdraw")}>
            {t.withdraw}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface ToPublishProps extends StandingProps {
  isClosed: boolean;
  /** Whether something is typed that was not saved: it would not be published. */
  isChanged: boolean;
}

/** The last step, below the form: a dataset that is open is closed first. */
function ToPublish({ publication, isClosed, isChanged, onAsk }: ToPublishProps) {
  if (publication.state !== "none" && publication.state !== "draft") return null;
  const isComplete = publication.revision > 0 && !publication.checklist.some((problem) => problem.required);
  return (
    <Group justify="flex-end">
      <Text size="sm" c="dimmed">
        {isChanged && publication.revision > 0
          ? t.saveTheDraftBeforeYouPublish
          : isClosed
            ? undefined
            : t.closeTheDatasetToPublish}
      </Text>
      <Button disabled={isChanged || !isComplete} onClick={() => onAsk(isClosed ? "publish" : "close")}>
        {isClosed ? t.publish : t.closeAndPublish}
      </Button>
    </Group>
  );
}

function Page({ publication }: { publication: Publication }) {
  const isWithdrawn = publication.state === "withdrawn";
  return (
    <Stack gap="xs">
      <Text>
        {isWithdrawn ? (
          <>
            {t.withdrawn}
            <Time value={publication.withdrawn} />: {publication.reason}
          </>
        ) : (
          <>
            {t.published}
            <Time value={publication.published} />
            {t.asVersion}
            {publication.version}.{" "}
          </>
        )}{" "}
        <Anchor href={publication.page} underline="always">
          {t.openItsPage}
        </Anchor>
      </Text>
      <CopyField label={t.addressOfThePage} value={publication.page ?? ""} />
    </Stack>
  );
}

function Findings({ title, problems }: { title: string; problems: Publication["checklist"] }) {
  if (problems.length === 0) return null;
  return (
    <Section title={title}>
      <List size="sm">
        {problems.map((problem) => (
          <List.Item key={problem.field + problem.problem}>{problem.problem}</List.Item>
        ))}
      </List>
    </Section>
  );
}
