import { ActionIcon, Button, Code, Group, Popover, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Navigate, useLocation, useNavigate } from "react-router";
import { encodePath, entryUrl } from "../api/base";
import { api, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { CopyField } from "../components/CopyField";
import { EmptyState } from "../components/EmptyState";
import { DownloadIcon, FileIcon, InfoIcon, SearchIcon, TrashIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { type Dataset, hasOwnFiles, hasRight } from "../dataset/context";
import { OpenWith } from "../dataset/OpenWith";
import { files as t } from "../messages/en";
import { findPlace } from "../siblings/entries";
import { formatBytes, fromNanoseconds } from "../text/format";
import { FileContent } from "../viewers/FileContent";

type Entry = Schemas["EntryInfo"];

interface FileProps {
  dataset: Dataset;
  path: string;
  at: string | undefined;
}

/** One file: its properties and its content. */
export default function FilePage(file: FileProps) {
  return <OneFile key={file.path} {...file} />;
}

function OneFile({ dataset, path, at }: FileProps) {
  const query = useQuery({
    queryKey: ["entry", dataset.id, path, at ?? dataset.headVersion],
    queryFn: () => findPlace(dataset.id, path, at),
    // The shown file stays while other files of the dataset change.
    placeholderData: keepPreviousData,
  });
  const navigate = useNavigate();
  const { search, hash } = useLocation();
  const [isAsking, setAsking] = useState(false);
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheFile} onRetry={() => query.refetch()} />;
  const entry = query.data;
  // People and chat programs shorten addresses.
  if (entry === "folder")
    return <Navigate to={`/datasets/${dataset.id}/files/${encodePath(path)}/${search}${hash}`} replace />;
  if (!entry)
    return (
      <EmptyState icon={<SearchIcon size={26} />} title={t.fileNotFound}>
        {t.itMayHaveBeenMoved}
      </EmptyState>
    );
  const name = path.slice(path.lastIndexOf("/") + 1);
  const mayRemove = hasOwnFiles(dataset) && hasRight(dataset, "write") && !at;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const bar = (
    <>
      <Facts entry={entry} />
      {mayRemove && (
        <Button variant="default" size="xs" leftSection={<TrashIcon size={14} />} onClick={() => setAsking(true)}>
          {t.deleteLabel}
        </Button>
      )}
      {entry.kind === "file" && <OpenWith dataset={dataset} path={path} />}
      {entry.kind === "file" && (
        <Button
          component="a"
          size="xs"
          href={entryUrl(dataset.id, path, { at })}
          download={name}
          leftSection={<DownloadIcon size={14} />}
        >
          {t.download}
        </Button>
      )}
    </>
  );
  const hasContent = entry.kind === "file" && entry.size !== 0;
  return (
    <Stack gap="md">
      {hasContent ? (
        <FileContent key={entry.hash} dataset={dataset} at={at} entry={entry} bar={bar} />
      ) : (
        <Group justify="flex-end" gap="xs">
          {bar}
        </Group>
      )}
      {entry.kind === "file" && entry.size === 0 && (
        <EmptyState icon={<FileIcon size={26} />} title={t.thisFileIsEmpty} />
      )}
      {entry.kind === "link" && (
        <Text size="sm">
          {t.symbolicLink}{" "}
          <Code>
            <Name wrap>{entry.target ?? ""}</Name>
          </Code>
        </Text>
      )}
      {entry.kind === "directory" && <EmptyState icon={<FileIcon size={26} />} title={t.thisFolderIsEmpty} />}
      <ConfirmDialog
        title={t.deleteThisFile}
        action={t.deleteFile}
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
          <Name wrap>{name}</Name>
          {t.isRemovedFromTheLatestVersion}
        </Text>
      </ConfirmDialog>
    </Stack>
  );
}

/** Size and time in the line; the rest behind a button. */
function Facts({ entry }: { entry: Entry }) {
  return (
    <>
      <Text size="sm" c="dimmed" component="div">
        {entry.kind === "file" ? formatBytes(entry.size) : entry.kind}
        {entry.modified ? (
          <>
            {" · modified "}
            <Time value={fromNanoseconds(entry.modified)} />
          </>
        ) : null}
      </Text>
      {(entry.hash || entry.contentType) && (
        <Popover width={440} position="bottom-end" trapFocus returnFocus shadow="md" withinPortal>
          <Popover.Target>
            <ActionIcon variant="default" size={30} aria-label={t.propertiesOfTheFile}>
              <InfoIcon size={16} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown maw="calc(100vw - 32px)">
            <Stack gap="xs">
              {entry.contentType && (
                <Fact label={t.type}>
                  <Name>{entry.contentType}</Name>
                </Fact>
              )}
              {entry.executable && <Fact label={t.mode}>{t.executable}</Fact>}
              {entry.modified ? (
                <Fact label={t.modified}>
                  <Time value={fromNanoseconds(entry.modified)} exact />
                </Fact>
              ) : null}
              {entry.hash && (
                <div>
                  <Text size="xs" c="dimmed">
                    {t.sha}
                  </Text>
                  <CopyField value={entry.hash} label={t.sha} />
                </div>
              )}
            </Stack>
          </Popover.Dropdown>
        </Popover>
      )}
    </>
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
