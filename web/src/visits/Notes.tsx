import {
  Anchor,
  Button,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Text,
  Textarea,
  TextInput,
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
import { framePath, parseFramePath } from "../frames/detector/path";
import { visits as t } from "../messages/en";
import { useSession } from "../session/session";
import { mayHavePicture } from "../thumbnails/names";
import { Thumbnail } from "../thumbnails/Thumbnail";

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
  /** Without it, the note is only read. */
  onRemove?: () => void;
}

export function Note({ note, visit, onRemove }: NoteProps) {
  const theme = useComputedColorScheme("light");
  const { me } = useSession();
  const html = useMemo(() => renderMarkdown(note.text, new Map()), [note.text]);
  const mayRemove = onRemove && visit.state !== "ended" && (visit.manager || note.author === me?.user);
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
      {note.dataset && <Pinned dataset={note.dataset} name={note.datasetName ?? ""} path={note.path ?? ""} />}
    </Paper>
  );
}

/** A dataset, or a frame or file of it with its picture; the link opens what is pinned. */
function Pinned({ dataset, name, path }: { dataset: string; name: string; path: string }) {
  const frame = parseFramePath(path);
  const channel = frame?.channel ? `&channel=${encodeURIComponent(frame.channel)}` : "";
  const to = frame ? `/frames?frame=${frame.number}${channel}` : path && `/files/${encodePath(path)}`;
  return (
    <Group gap="sm" px="sm" pb="xs" wrap="nowrap">
      {mayHavePicture(path) && (
        <Thumbnail dataset={dataset} path={path} size={96}>
          {null}
        </Thumbnail>
      )}
      <Text size="sm" component="div" miw={0}>
        {t.pinned}{" "}
        <Anchor component={Link} to={`/datasets/${dataset}${to}`} inherit>
          <Name wrap>{name}</Name>
          {frame ? t.frame(frame.number) : path && <Name wrap>{`: ${path}`}</Name>}
        </Anchor>
      </Text>
    </Group>
  );
}

/** The path of what was typed: a number is that of a frame. */
function pathOf(file: string): string {
  const number = /^\d{1,9}$/.test(file) ? Number(file) : 0;
  return number > 0 ? framePath(number, "") : file;
}

function NewNote({ visit, datasets, onWritten }: NotesProps & { onWritten: () => Promise<void> }) {
  const work = useWork();
  const draft = useDraft(`visit-note:${visit.name}`, { text: "", dataset: "", file: "" });
  const { text, dataset, file } = draft.value;
  const write = work.onSubmit(async () => {
    await must(
      api.POST("/visits/{visit}/notes", {
        params: { path: { visit: visit.name } },
        body: { text, ...(dataset ? { dataset, ...(file.trim() ? { path: pathOf(file.trim()) } : {}) } : {}) },
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
          {dataset && (
            <TextInput
              aria-label={t.frameOrFile}
              placeholder={t.frameOrFile}
              value={file}
              onChange={(event) => draft.change({ file: event.currentTarget.value })}
              spellCheck={false}
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
