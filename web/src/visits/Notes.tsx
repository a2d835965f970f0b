import {
  Anchor,
  Button,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Text,
  Textarea,
  useComputedColorScheme,
} from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { encodePath } from "../api/base";
import { api, done, must, type Schemas } from "../api/client";
import { EndButton } from "../components/EndButton";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet, Section } from "../components/Section";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { DocumentFrame } from "../documents/DocumentFrame";
import { renderMarkdown } from "../documents/markdown";
import { useDraft } from "../drafts/useDraft";
import { visits as t } from "../messages/en";
import { useSession } from "../session/session";

const pageSize = 50;
const maxCharacters = 20_000;

interface NotesProps {
  visit: Schemas["VisitInfo"];
  /** The datasets that can be pinned. */
  datasets: Schemas["DatasetInfo"][];
}

/** The notes on a visit, the oldest first. After the end they can only be added. */
export function Notes({ visit, datasets }: NotesProps) {
  const queries = useQueryClient();
  const work = useWork();
  const list = useInfiniteQuery({
    queryKey: ["visits", visit.name, "notes"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/visits/{visit}/notes", {
          params: { path: { visit: visit.name }, query: { limit: pageSize, cursor: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    retry: false,
  });
  const renew = () => queries.invalidateQueries({ queryKey: ["visits", visit.name, "notes"] });
  const notes = list.data?.pages.flatMap((page) => page.items) ?? [];
  const remove = (number: number) =>
    work.run(async () => {
      await done(
        api.DELETE("/visits/{visit}/notes/{number}", {
          params: { path: { visit: visit.name, number: String(number) } },
        }),
      );
      await renew();
    });
  return (
    <Section title={t.notes}>
      <Stack gap="sm" maw={760}>
        <ProblemAlert error={list.error} title={t.couldNotLoadTheNotes} />
        <ProblemAlert error={work.error} title={t.couldNotRemoveTheNote} />
        {list.isSuccess && notes.length === 0 && <Quiet>{t.noNotesYet}</Quiet>}
        {notes.map((note) => (
          <Note key={note.number} {...{ note, visit }} onRemove={() => remove(note.number)} />
        ))}
        <MoreButton list={list} />
        <NewNote {...{ visit, datasets }} onWritten={renew} />
      </Stack>
    </Section>
  );
}

interface NoteProps {
  note: Schemas["VisitNoteInfo"];
  visit: Schemas["VisitInfo"];
  onRemove: () => void;
}

function Note({ note, visit, onRemove }: NoteProps) {
  const theme = useComputedColorScheme("light");
  const { me } = useSession();
  const html = useMemo(() => renderMarkdown(note.text, new Map()), [note.text]);
  const mayRemove = visit.state !== "ended" && (visit.manager || note.author === me?.user);
  const pinned = note.dataset && `/datasets/${note.dataset}${note.path ? `/files/${encodePath(note.path)}` : ""}`;
  return (
    <Paper withBorder component="article" aria-label={t.noteBy(note.number, note.author)}>
      <Group justify="space-between" gap="xs" px="sm" pt="xs">
        <Text size="sm" c="dimmed" component="div">
          <Name>{note.author}</Name>, <Time value={note.time} />
        </Text>
        {mayRemove && (
          <EndButton label={t.removeNote(note.number)} onClick={onRemove}>
            {t.remove}
          </EndButton>
        )}
      </Group>
      <DocumentFrame title={t.textOfNote(note.number)} body={html} theme={theme} style="body{padding:4px 12px 10px}" />
      {pinned && (
        <Text size="sm" px="sm" pb="xs">
          {t.pinned}{" "}
          <Anchor component={Link} to={pinned}>
            <Name wrap>{note.path ? `${note.datasetName}: ${note.path}` : (note.datasetName ?? "")}</Name>
          </Anchor>
        </Text>
      )}
    </Paper>
  );
}

function NewNote({ visit, datasets, onWritten }: NotesProps & { onWritten: () => Promise<void> }) {
  const work = useWork();
  const draft = useDraft(`visit-note:${visit.name}`, { text: "", dataset: "" });
  const { text, dataset } = draft.value;
  const write = work.onSubmit(async () => {
    await must(
      api.POST("/visits/{visit}/notes", {
        params: { path: { visit: visit.name } },
        body: { text, ...(dataset ? { dataset } : {}) },
      }),
    );
    draft.drop();
    await onWritten();
  });
  return (
    <form onSubmit={write}>
      <Stack gap="xs">
        <ProblemAlert error={work.error} title={t.theNoteWasNotWritten} />
        <Textarea
          label={t.newNote}
          description={t.markdown}
          autosize
          minRows={2}
          maxRows={12}
          maxLength={maxCharacters}
          value={text}
          onChange={(event) => draft.change({ text: event.currentTarget.value })}
        />
        <Group gap="xs">
          {datasets.length > 0 && (
            <NativeSelect
              aria-label={t.pinADataset}
              value={dataset}
              onChange={(event) => draft.change({ dataset: event.currentTarget.value })}
              data={[
                { value: "", label: t.pinNoDataset },
                ...datasets.map(({ id, slug }) => ({ value: id, label: slug })),
              ]}
            />
          )}
          <Button type="submit" disabled={text.trim() === "" || work.isBusy}>
            {t.writeNote}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
