import { ActionIcon, Anchor, Button, Card, Group, Progress, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { CrossIcon } from "../components/icons";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { upload as t } from "../messages/en";
import { formatBytes, formatCount, formatSeconds, plural } from "../text/format";
import { fromHandles, fromInput } from "./chosen";
import type { KeptUpload } from "./journal";
import type { Upload } from "./Upload";
import classes from "./Upload.module.css";
import {
  discardUpload,
  dismissUpload,
  findInterrupted,
  onUploaded,
  resumeUpload,
  retryUpload,
  useUploads,
} from "./uploads";

/** Running and interrupted uploads, on every page. */
export default function UploadTray() {
  const { running, interrupted } = useUploads();
  const queries = useQueryClient();
  useEffect(() => void findInterrupted(), []);
  useEffect(
    () =>
      onUploaded((upload) => {
        for (const key of ["dataset", "snapshots", "entry"])
          void queries.invalidateQueries({ queryKey: [key, upload.kept.dataset] });
        void queries.invalidateQueries({ queryKey: ["datasets"] });
      }),
    [queries],
  );
  if (running.length + interrupted.length === 0) return null;
  return (
    <section className={classes.tray} aria-label={t.uploads}>
      <Stack gap="xs">
        {interrupted.map((kept) => (
          <Interrupted key={kept.id} kept={kept} />
        ))}
        {running.map((upload) => (
          <Running key={upload.kept.id} upload={upload} />
        ))}
      </Stack>
    </section>
  );
}

function Running({ upload }: { upload: Upload }) {
  const { phase } = upload;
  const share = upload.bytes > 0 ? upload.bytesDone / upload.bytes : upload.filesDone / Math.max(1, upload.files);
  const isOver = phase === "done" || phase === "failed";
  return (
    <Card withBorder shadow="md" padding="sm">
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600} truncate>
          <Name>{upload.kept.datasetName}</Name>
        </Text>
        {isOver && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={() => dismissUpload(upload)}
            aria-label={t.close}
          >
            <CrossIcon size={14} />
          </ActionIcon>
        )}
      </Group>
      {phase !== "failed" && (
        <Progress.Root size="sm" my={8}>
          <Progress.Section
            value={phase === "done" ? 100 : Math.min(100, share * 100)}
            color={phase === "done" ? "green.8" : upload.waiting ? "yellow.8" : undefined}
            aria-label={t.upload}
          />
        </Progress.Root>
      )}
      <Status upload={upload} />
    </Card>
  );
}

function Status({ upload }: { upload: Upload }) {
  switch (upload.phase) {
    case "done":
      return (
        <Text size="xs" role="status">
          {plural(upload.files - upload.changed.length, t.countFiles)}
          {t.uploadedAsVersion}
          {upload.snapshot?.number}.{" "}
          <Anchor component={Link} size="xs" to={`/datasets/${upload.kept.dataset}`}>
            {t.view}
          </Anchor>
        </Text>
      );
    case "failed":
      return (
        <Stack gap="xs" mt={6}>
          <ProblemAlert error={upload.error} title={t.uploadFailed} />
          <Group gap="xs">
            <Button size="xs" onClick={() => retryUpload(upload)}>
              {t.retry}
            </Button>
            <Button size="xs" variant="default" onClick={() => dismissUpload(upload)}>
              {t.discard}
            </Button>
          </Group>
        </Stack>
      );
    case "asking":
      return (
        <Stack gap="xs" role="alert">
          <Text size="xs">{t.changedOnDiskDuringTheUpload(plural(upload.changed.length, t.countFiles))}</Text>
          <Text size="xs" component="ul" m={0} pl="md">
            {upload.changed.slice(0, 3).map(({ path }) => (
              <li key={path}>
                <Name>{path}</Name>
              </li>
            ))}
            {upload.changed.length > 3 && <li>{t.andMore(formatCount(upload.changed.length - 3))}</li>}
          </Text>
          <Group gap="xs">
            <Button size="xs" onClick={() => upload.finishWithout()}>
              {t.finishWithout(upload.changed.length === 1 ? "it" : "them")}
            </Button>
            <Button size="xs" variant="default" onClick={() => upload.cancel()}>
              {t.cancelUpload}
            </Button>
          </Group>
        </Stack>
      );
    default:
      return (
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="xs" c="dimmed" component="div" miw={0}>
            {upload.waiting ? (
              t.theUploadResumesAutomatically(upload.waiting.message)
            ) : upload.phase === "committing" ? (
              t.creatingTheVersion
            ) : (
              <Rate upload={upload} />
            )}
          </Text>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => upload.cancel()}>
            {t.cancel}
          </Button>
        </Group>
      );
  }
}

function Rate({ upload }: { upload: Upload }) {
  const seconds = (performance.now() - upload.startedAt) / 1000;
  const rate = upload.bytesDone / Math.max(0.5, seconds);
  const left = (upload.bytes - upload.bytesDone) / Math.max(1, rate);
  return (
    <>
      {t.ofOf(
        formatCount(upload.filesDone),
        plural(upload.files, t.countFiles),
        formatBytes(upload.bytesDone),
        formatBytes(upload.bytes),
        seconds > 2 && upload.bytesDone > 0 ? t.rateAndTimeLeft(formatBytes(rate), formatSeconds(left)) : "",
      )}
    </>
  );
}

function Interrupted({ kept }: { kept: KeptUpload }) {
  const input = useRef<HTMLInputElement>(null);
  const [hint, setHint] = useState("");
  const resume = async () => {
    if (kept.handles.length > 0) {
      const files = await fromHandles(kept.handles).catch(() => undefined);
      if (files && files.length > 0) {
        resumeUpload(kept, files);
        return;
      }
    }
    input.current?.click();
  };
  const chosen = (list: FileList | null) => {
    if (!list || list.length === 0) return;
    const { files } = fromInput(list);
    if (files.length < kept.files) {
      setHint(
        t.youChoseButTheUploadHas(
          plural(files.length, t.countFiles),
          formatCount(kept.files),
          kept.isFolder ? "folder" : "files",
        ),
      );
      return;
    }
    resumeUpload(kept, files);
  };
  return (
    <Card withBorder shadow="md" padding="sm">
      <Text size="sm" fw={600} truncate>
        <Name>{kept.datasetName}</Name>
      </Text>
      <Text size="xs" mt={4}>
        {t.uploadOf}
        {plural(kept.files, t.countFiles)} ({formatBytes(kept.bytes)}
        {t.interrupted}
        {kept.handles.length === 0 && t.toResumeChooseTheSameAgain(kept.isFolder ? "folder" : "files")}
      </Text>
      {hint && (
        <Text size="xs" mt={4} role="alert">
          {hint}
        </Text>
      )}
      <Group gap="xs" mt="xs">
        <Button size="xs" onClick={resume}>
          {t.resume}
        </Button>
        <Button size="xs" variant="default" onClick={() => discardUpload(kept)}>
          {t.discard}
        </Button>
      </Group>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t.filesOfTheInterruptedUpload}
        data-testid={`resume-${kept.isFolder ? "folder" : "files"}`}
        {...(kept.isFolder ? { webkitdirectory: "" } : {})}
        onChange={(event) => chosen(event.currentTarget.files)}
      />
    </Card>
  );
}
