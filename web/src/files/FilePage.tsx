import { Button, Card, Code, Group, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";
import { encodePath, entryUrl } from "../api/base";
import { api, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { CopyField } from "../components/CopyField";
import { EmptyState } from "../components/EmptyState";
import { DownloadIcon, FileIcon, SearchIcon, TrashIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { type Dataset, hasOwnFiles, hasRight } from "../dataset/context";
import { findEntry } from "../siblings/entries";
import { Neighbours } from "../siblings/Neighbours";
import { formatBytes, fromNanoseconds } from "../text/format";
import { FileContent } from "../viewers/FileContent";
import classes from "./FilePage.module.css";

type Entry = Schemas["EntryInfo"];

interface FileProps {
  dataset: Dataset;
  path: string;
  at: string | undefined;
}

/** One file, and the way to the ones beside it. */
export default function FilePage(file: FileProps) {
  return (
    <Stack gap="sm">
      <Neighbours {...file} />
      <OneFile key={file.path} {...file} />
    </Stack>
  );
}

/** Its properties and its content. */
function OneFile({ dataset, path, at }: FileProps) {
  const query = useQuery({
    queryKey: ["entry", dataset.id, path, at ?? dataset.headVersion],
    queryFn: () => findEntry(dataset.id, path, at),
    // What somebody looks at stays while other files of the dataset change.
    placeholderData: keepPreviousData,
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
  const mayRemove = hasOwnFiles(dataset) && hasRight(dataset, "write") && !at;
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
      {entry.kind === "file" && entry.size === 0 && (
        <EmptyState icon={<FileIcon size={26} />} title="This file is empty" />
      )}
      {entry.kind === "file" && entry.size !== 0 && (
        <FileContent key={entry.hash} dataset={dataset} at={at} entry={entry} />
      )}
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
          await must(
            api.POST("/datasets/{id}/remove", { params: { path: { id: dataset.id } }, body: { paths: [path] } }),
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
