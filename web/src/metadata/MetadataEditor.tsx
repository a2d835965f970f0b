import { Button, Group, JsonInput, SegmentedControl, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { apiRoot } from "../api/base";
import { isCode, sendOk } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import type { Dataset } from "../dataset/context";
import { draftKey, keepDraft } from "../drafts/store";
import { metadata as t } from "../messages/en";
import { useSession } from "../session/session";
import { ConflictAlert } from "./ConflictAlert";
import { mistakeIn } from "./document";
import type { Draft, Version } from "./draft";
import { JsonView } from "./JsonView";
import classes from "./Metadata.module.css";
import { MetadataForm } from "./MetadataForm";

interface MetadataEditorProps {
  dataset: Dataset;
  draft: Draft;
  /** The newest version on the server. */
  current: Version;
  onEnd: () => void;
}

/** The form of the type beside the document, over one text. What is typed outlives the page until it is stored or given up. */
export function MetadataEditor({ dataset, draft, current, onEnd }: MetadataEditorProps) {
  const { id } = dataset;
  const queries = useQueryClient();
  const { me } = useSession();
  const [{ text, base }, setDraft] = useState(draft);
  const [shown, setShown] = useState<"form" | "document">("form");
  const [isAsking, setAsking] = useState(false);
  const work = useWork();
  const mistake = mistakeIn(text);
  const isChanged = text !== base.text;
  const key = draftKey(me?.user, `metadata.${id}`);
  useEffect(() => keepDraft(key, isChanged ? { text, base } : undefined), [key, text, base, isChanged]);
  const setText = (next: string) => setDraft({ text: next, base });
  const end = () => {
    keepDraft(key, undefined);
    onEnd();
  };
  const save = work.onSubmit(async () => {
    await sendOk(`${apiRoot}/datasets/${id}/metadata`, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "If-Match": base.tag },
      body: text,
    });
    notifications.show({ message: t.metadataSaved });
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["metadata", id] }),
      queries.invalidateQueries({ queryKey: ["metadata-history", id] }),
    ]);
    end();
  });
  const wasRefused = isCode(work.error, "precondition-failed");
  useEffect(() => {
    if (wasRefused) void queries.invalidateQueries({ queryKey: ["metadata", id] });
  }, [wasRefused, queries, id]);
  // During the user's own save, a new version is no conflict.
  const isBehind = !work.isBusy && (wasRefused || base.tag !== current.tag);
  return (
    <>
      <form onSubmit={save} noValidate>
        <Stack>
          {!wasRefused && <ProblemAlert error={work.error} title={t.couldNotSaveTheMetadata} />}
          {isBehind && (
            <ConflictAlert
              draft={{ text, base }}
              current={current}
              onMerge={(merged) => {
                setDraft({ text: merged, base: current });
                work.clear();
              }}
            />
          )}
          <div className={classes.side}>
            <SegmentedControl
              fullWidth
              value={shown}
              onChange={(value) => setShown(value as "form" | "document")}
              data={[
                { value: "form", label: t.form },
                { value: "document", label: t.document },
              ]}
              aria-label={t.viewOfTheMetadata}
            />
          </div>
          <div className={classes.editor} data-shown={shown}>
            <MetadataForm id={id} type={dataset.type} text={text} mistake={mistake} onChange={setText} />
            <JsonInput
              label={t.document}
              description={t.jsonInSyncWithTheForm}
              value={text}
              onChange={setText}
              error={mistake}
              autosize
              minRows={12}
              maxRows={32}
              spellCheck={false}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
            />
          </div>
          <Group justify="flex-end" className={classes.actions}>
            <Button variant="default" onClick={isChanged ? () => setAsking(true) : end}>
              {t.cancel}
            </Button>
            <Button type="submit" loading={work.isBusy} disabled={mistake !== undefined || wasRefused}>
              {t.save}
            </Button>
          </Group>
          {isBehind && <JsonView text={current.text} label={t.theirVersion} />}
        </Stack>
      </form>
      {/* Outside of the form, which would take its answer for its own. */}
      <ConfirmDialog
        title={t.giveUpYourChanges}
        action={t.giveUp}
        isDangerous
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => end()}
      >
        <Text size="sm">{t.whatYouHaveTypedHere}</Text>
      </ConfirmDialog>
    </>
  );
}
