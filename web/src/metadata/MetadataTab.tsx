import { Accordion, Alert, Button, Code, Group, JsonInput, Paper, ScrollArea, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { apiRoot } from "../api/base";
import { api, isCode, must, sendOk } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { InfoIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { type DatasetContext, hasRight } from "../dataset/context";
import { Attributes } from "./Attributes";
import { People } from "./People";

interface Document {
  text: string;
  version: string;
}

async function readDocument(id: string): Promise<Document> {
  const response = await sendOk(`${apiRoot}/datasets/${id}/metadata`);
  return { text: JSON.stringify(await response.json(), null, 2), version: response.headers.get("ETag") ?? "" };
}

/** The metadata by the attributes of the type, the document (a JSON object), and its history. */
export default function MetadataTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  const query = useQuery({ queryKey: ["metadata", dataset.id], queryFn: () => readDocument(dataset.id) });
  const canEdit = hasRight(dataset, "write") && (dataset.state === "open" || dataset.state === "closed");
  const [draft, setDraft] = useState<Document>();
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title="Could not load the metadata" onRetry={() => query.refetch()} />;
  if (draft) return <Editor id={dataset.id} draft={draft} current={query.data} onEnd={() => setDraft(undefined)} />;
  const isEmpty = query.data.text === "{}";
  const edit = canEdit && (
    <Button variant={isEmpty ? "filled" : "default"} onClick={() => setDraft(query.data)}>
      {isEmpty ? "Add metadata" : "Edit"}
    </Button>
  );
  return (
    <Stack>
      {isEmpty ? (
        <EmptyState icon={<InfoIcon size={26} />} title="No metadata yet" action={edit}>
          Describe the sample, the instrument and the people in a JSON object. Search covers it.
        </EmptyState>
      ) : (
        <>
          <Group justify="flex-end">{edit}</Group>
          <Attributes id={dataset.id} type={dataset.type} version={query.data.version} withProblems={canEdit} />
        </>
      )}
      <People dataset={dataset} />
      {!isEmpty && <JsonView text={query.data.text} label="Metadata" />}
      <History
        id={dataset.id}
        onRestore={canEdit ? (text) => setDraft({ text, version: query.data.version }) : undefined}
      />
    </Stack>
  );
}

function JsonView({ text, label }: { text: string; label: string }) {
  return (
    <Paper withBorder>
      <ScrollArea.Autosize mah="60vh" viewportProps={{ tabIndex: 0, role: "region", "aria-label": label }}>
        <Code block bg="transparent" fz={13}>
          {text}
        </Code>
      </ScrollArea.Autosize>
    </Paper>
  );
}

function Editor({ id, draft, current, onEnd }: { id: string; draft: Document; current: Document; onEnd: () => void }) {
  const queries = useQueryClient();
  const [text, setText] = useState(draft.text);
  const [base, setBase] = useState(draft.version);
  const work = useWork();
  const wrong = jsonError(text);
  const save = () =>
    work.run(async () => {
      await sendOk(`${apiRoot}/datasets/${id}/metadata`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "If-Match": base },
        body: text,
      });
      notifications.show({ message: "Metadata saved." });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["metadata", id] }),
        queries.invalidateQueries({ queryKey: ["metadata-history", id] }),
      ]);
      onEnd();
    });
  const isBehind = isCode(work.error, "precondition-failed") || base !== current.version;
  return (
    <Stack>
      {!isCode(work.error, "precondition-failed") && (
        <ProblemAlert error={work.error} title="Could not save the metadata" />
      )}
      {isBehind && (
        <Alert color="yellow" title="Somebody else saved a newer version" role="alert">
          <Text size="sm">
            Their version is shown below yours. Copy what you need from it, then overwrite it with yours.
          </Text>
          <Button
            size="xs"
            variant="default"
            mt="xs"
            onClick={() => {
              setBase(current.version);
              work.clear();
            }}
          >
            Overwrite with mine
          </Button>
        </Alert>
      )}
      <JsonInput
        label="Metadata"
        description="A JSON object"
        value={text}
        onChange={setText}
        error={wrong}
        formatOnBlur
        autosize
        minRows={12}
        maxRows={32}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
        data-autofocus
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onEnd}>
          Cancel
        </Button>
        <Button
          onClick={save}
          loading={work.isBusy}
          disabled={wrong !== undefined || (isBehind && work.error !== undefined)}
        >
          Save
        </Button>
      </Group>
      {isBehind && <JsonView text={current.text} label="Their version" />}
    </Stack>
  );
}

function jsonError(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? undefined
      : "Enter a JSON object: { … }";
  } catch (error) {
    return (error as Error).message;
  }
}

function History({ id, onRestore }: { id: string; onRestore: ((text: string) => void) | undefined }) {
  const query = useQuery({
    queryKey: ["metadata-history", id],
    queryFn: () => must(api.GET("/datasets/{id}/metadata/history", { params: { path: { id }, query: { limit: 50 } } })),
  });
  const versions = query.data?.items ?? [];
  if (query.isError) return <ProblemAlert error={query.error} title="Could not load the history" />;
  if (versions.length < 2) return null;
  return (
    <Accordion variant="contained">
      <Accordion.Item value="history">
        <Accordion.Control>Previous versions ({versions.length - 1})</Accordion.Control>
        <Accordion.Panel>
          <Accordion variant="filled">
            {versions.slice(1).map((version) => (
              <Accordion.Item key={version.version} value={String(version.version)}>
                <Accordion.Control>
                  <Text size="sm">
                    Version {version.version} by <Name>{version.author}</Name>, <Time value={version.time} />
                  </Text>
                </Accordion.Control>
                <Accordion.Panel>
                  <JsonView text={JSON.stringify(version.document, null, 2)} label={`Version ${version.version}`} />
                  {onRestore && (
                    <Button
                      size="xs"
                      mt="xs"
                      variant="default"
                      onClick={() => onRestore(JSON.stringify(version.document, null, 2))}
                    >
                      Restore this version
                    </Button>
                  )}
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
