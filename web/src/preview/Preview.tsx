import { Alert, Button, Card, Center, Code, Group, Paper, ScrollArea, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";
import { encodePath, entryUrl } from "../api/base";
import { api, done, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { CopyField } from "../components/CopyField";
import { EmptyState } from "../components/EmptyState";
import { DownloadIcon, FileIcon, SearchIcon, TrashIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { type Dataset, hasRight } from "../dataset/context";
import { formatBytes, formatCount, fromNanoseconds } from "../text/format";
import { decodeText, fetchPart } from "./fetchPart";
import { previewKind } from "./kinds";
import classes from "./Preview.module.css";
import Readme from "./Readme";
import { TableView } from "./TableView";
import { parseCsv, parseLines, type TextTable } from "./table";

type Entry = Schemas["EntryInfo"];

interface FileProps {
  dataset: Dataset;
  path: string;
  at: string | undefined;
}

const mostText = 512 * 1024;
const mostTable = 2 * 1024 * 1024;
const mostRows = 20_000;

/** One file: what it is, and what is in it as far as a browser can safely show it. */
export default function Preview({ dataset, path, at }: FileProps) {
  const query = useQuery({
    queryKey: ["entry", dataset.id, path, at ?? dataset.headVersion],
    queryFn: () => findEntry(dataset.id, path, at),
  });
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title="Could not load the file" onRetry={() => query.refetch()} />;
  const entry = query.data;
  if (!entry)
    return (
      <EmptyState icon={<SearchIcon size={26} />} title="File not found">
        It may have been moved or deleted, or it is not in this version.
      </EmptyState>
    );
  const name = path.slice(path.lastIndexOf("/") + 1);
  const mayRemove = dataset.state === "open" && hasRight(dataset, "write") && !at;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return (
    <Stack gap="md">
      <Card withBorder padding="sm">
        <Group justify="space-between" gap="sm">
          <Facts entry={entry} />
          <Group gap="xs">
            {mayRemove && (
              <Button variant="default" size="xs" leftSection={<TrashIcon size={14} />} onClick={() => setAsking(true)}>
                Delete
              </Button>
            )}
            {entry.kind === "file" && (
              <Button
                component="a"
                size="xs"
                href={entryUrl(dataset.id, path, { at })}
                download={name}
                leftSection={<DownloadIcon size={14} />}
              >
                Download
              </Button>
            )}
          </Group>
        </Group>
      </Card>
      {entry.kind === "file" && <Content dataset={dataset} path={path} at={at} name={name} entry={entry} />}
      {entry.kind === "link" && (
        <Text size="sm">
          Symbolic link to{" "}
          <Code>
            <Name wrap>{entry.target ?? ""}</Name>
          </Code>
        </Text>
      )}
      {entry.kind === "directory" && <EmptyState icon={<FileIcon size={26} />} title="This folder is empty" />}
      <ConfirmDialog
        title="Delete this file?"
        action="Delete file"
        isDangerous
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await done(
            api.DELETE("/datasets/{id}/entries/{path}", {
              params: { path: { id: dataset.id, path } },
              pathSerializer: () => `/datasets/${dataset.id}/entries/${encodePath(path)}`,
            }),
          );
          navigate(folder === "" ? `/datasets/${dataset.id}` : `/datasets/${dataset.id}/files/${encodePath(folder)}`);
        }}
      >
        <Text size="sm">
          <Name wrap>{name}</Name> is removed from the latest version. Earlier versions keep it.
        </Text>
      </ConfirmDialog>
    </Stack>
  );
}

/** The entry at a path: the first that a listing gives from there. */
async function findEntry(id: string, path: string, at: string | undefined): Promise<Entry | null> {
  const page = await must(
    api.GET("/datasets/{id}/tree", { params: { path: { id }, query: { at, prefix: path, limit: 1 } } }),
  );
  const entry = page.items?.[0];
  return entry?.path === path ? entry : null;
}

function Facts({ entry }: { entry: Entry }) {
  return (
    <Group gap="lg" miw={0} flex="1 1 300px">
      <Fact label="Size">{entry.kind === "file" ? formatBytes(entry.size) : entry.kind}</Fact>
      {entry.modified ? (
        <Fact label="Modified">
          <Time value={fromNanoseconds(entry.modified)} />
        </Fact>
      ) : null}
      {entry.contentType && (
        <Fact label="Type">
          <Name>{entry.contentType}</Name>
        </Fact>
      )}
      {entry.executable && <Fact label="Mode">executable</Fact>}
      {entry.hash && (
        <div className={classes.hash}>
          <Text size="xs" c="dimmed">
            SHA-256
          </Text>
          <CopyField value={entry.hash} label="SHA-256" />
        </div>
      )}
    </Group>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  );
}

function Content({ dataset, path, at, name, entry }: FileProps & { name: string; entry: Entry }) {
  const kind = previewKind(name, entry.contentType);
  if (entry.size === 0) return <EmptyState icon={<FileIcon size={26} />} title="This file is empty" />;
  switch (kind) {
    case "none":
      return <NoPreview />;
    case "image":
      return <ImageView url={entryUrl(dataset.id, path, { at })} name={name} />;
    case "markdown":
      return <Readme dataset={dataset.id} path={path} at={at} name={name} />;
    case "frame":
      return <Framed dataset={dataset} path={path} at={at} name={name} />;
    default:
      return <TextContent dataset={dataset} path={path} at={at} kind={kind} />;
  }
}

function NoPreview() {
  return (
    <EmptyState icon={<FileIcon size={26} />} title="No preview available">
      Download the file to open it.
    </EmptyState>
  );
}

function ImageView({ url, name }: { url: string; name: string }) {
  const [failed, setFailed] = useState(false);
  if (failed) return <NoPreview />;
  return (
    <Paper withBorder className={classes.image}>
      <Center mih={160}>
        <img src={url} alt={name} onError={() => setFailed(true)} />
      </Center>
    </Paper>
  );
}

/** A document that may have scripts: in a frame without an origin, and only what the server itself disarms. */
function Framed({ dataset, path, at, name }: FileProps & { name: string }) {
  return (
    <Stack gap="xs">
      <Paper withBorder style={{ overflow: "hidden" }}>
        <iframe
          title={name}
          src={entryUrl(dataset.id, path, { at, view: "sandbox" })}
          sandbox=""
          className={classes.frame}
          referrerPolicy="no-referrer"
        />
      </Paper>
      <TextContent dataset={dataset} path={path} at={at} kind="text" />
    </Stack>
  );
}

function TextContent({ dataset, path, at, kind }: FileProps & { kind: "text" | "table" | "lines" }) {
  const query = useQuery({
    queryKey: ["part", dataset.id, path, at ?? dataset.headVersion],
    queryFn: () => fetchPart(dataset.id, path, at, kind === "text" ? mostText : mostTable),
    gcTime: 0,
  });
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title="Could not load the file" onRetry={() => query.refetch()} />;
  const text = decodeText(query.data);
  if (text === undefined) return <NoPreview />;
  const { isCut, bytes } = query.data;
  const table: TextTable | undefined =
    kind === "table"
      ? parseCsv(text, isCut, mostRows)
      : kind === "lines"
        ? parseLines(text, isCut, mostRows)
        : undefined;
  return (
    <Stack gap="xs">
      {isCut && (
        <Alert variant="light" py="xs">
          Showing the first {formatBytes(bytes.length)}
          {table ? ` (${formatCount(table.rows.length)} rows)` : ""}. Download the file to see all of it.
        </Alert>
      )}
      {table && table.columns.length > 0 ? (
        <TableView table={table} label="Content as a table" />
      ) : (
        <PlainText text={text} />
      )}
    </Stack>
  );
}

function PlainText({ text }: { text: string }) {
  return (
    <Paper withBorder>
      <ScrollArea.Autosize
        mah="70vh"
        type="auto"
        viewportProps={{ tabIndex: 0, "aria-label": "Content as text", role: "region" }}
      >
        <pre className={classes.text} dir="ltr">
          {text}
        </pre>
      </ScrollArea.Autosize>
    </Paper>
  );
}
