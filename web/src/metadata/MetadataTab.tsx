import { Button, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { EmptyState } from "../components/EmptyState";
import { InfoIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { type DatasetContext, hasRight } from "../dataset/context";
import { draftKey, keptDraft } from "../drafts/store";
import { metadata as t } from "../messages/en";
import { useSession } from "../session/session";
import { Attributes } from "./Attributes";
import { formatted } from "./document";
import type { Draft, Version } from "./draft";
import { FoundInFiles } from "./FoundInFiles";
import { JsonView } from "./JsonView";
import { MetadataEditor } from "./MetadataEditor";
import { MetadataHistory } from "./MetadataHistory";
import { People } from "./People";
import { readDocument } from "./readDocument";
import { TypeLine } from "./TypeLine";

/** The metadata by the attributes of the type, the document (a JSON object), and its history. */
export default function MetadataTab() {
  const context = useOutletContext<DatasetContext>();
  const { dataset } = context;
  const { me } = useSession();
  const query = useQuery({ queryKey: ["metadata", dataset.id], queryFn: () => readDocument(dataset.id) });
  const canEdit = hasRight(dataset, "write") && (dataset.state === "open" || dataset.state === "closed");
  const [draft, setDraft] = useState(() =>
    canEdit ? keptDraft<Draft>(draftKey(me?.user, `metadata.${dataset.id}`)) : undefined,
  );
  if (query.isPending) return <Loading />;
  // A draft stays, even if the metadata cannot be reloaded.
  const current: Version | undefined = query.data ?? draft?.base;
  if (!current || (query.isError && !draft))
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheMetadata} onRetry={() => query.refetch()} />;
  if (draft)
    return (
      <Stack>
        <TypeLine context={context} text={current.text} />
        <MetadataEditor
          key={dataset.id}
          dataset={dataset}
          draft={draft}
          current={current}
          onEnd={() => setDraft(undefined)}
        />
      </Stack>
    );
  const isEmpty = current.text === "{}";
  const start = (next: Draft) => setDraft(next);
  const edit = canEdit && (
    <Button variant={isEmpty ? "filled" : "default"} onClick={() => start({ text: current.text, base: current })}>
      {isEmpty ? t.addMetadata : t.edit}
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between">
        <TypeLine context={context} text={current.text} />
        {!isEmpty && edit}
      </Group>
      {canEdit && (
        <FoundInFiles
          context={context}
          text={current.text}
          onFill={(text) => start({ text: formatted(text), base: current })}
        />
      )}
      {isEmpty ? (
        <EmptyState icon={<InfoIcon size={26} />} title={t.noMetadataYet} action={edit}>
          {t.describeTheSampleTheInstrument}
        </EmptyState>
      ) : (
        <Attributes
          id={dataset.id}
          type={dataset.type}
          version={current.tag}
          text={current.text}
          withProblems={canEdit}
          onAdd={canEdit ? () => start({ text: current.text, base: current }) : undefined}
        />
      )}
      <People dataset={dataset} />
      {!isEmpty && <JsonView text={current.text} label={t.metadata} />}
      <MetadataHistory
        id={dataset.id}
        type={dataset.type}
        onRestore={canEdit ? (text) => start({ text, base: current }) : undefined}
      />
    </Stack>
  );
}
