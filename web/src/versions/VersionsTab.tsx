import {
  Anchor,
  Badge,
  Button,
  Group,
  Modal,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link, useOutletContext, useSearchParams } from "react-router";
import { api, done, must, type Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { ClockIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { WideTable } from "../components/WideTable";
import type { DatasetContext } from "../dataset/context";
import { versions as t } from "../messages/en";
import { formatBytes, formatCount } from "../text/format";
import { Difference } from "./Difference";
import { Revert } from "./Revert";
import classes from "./VersionsTab.module.css";

type Snapshot = Schemas["SnapshotInfo"];
const kinds: Record<string, string> = {
  auto: "automatic",
  push: "push",
  manual: "manual",
  tag: "manual",
  close: "close",
  run: "run",
};

/** The versions of a dataset, and the difference between two. */
export default function VersionsTab() {
  const { dataset, canWrite, canChangeFiles, canManage, refresh } = useOutletContext<DatasetContext>();
  const [search, setSearch] = useSearchParams();
  const query = useInfiniteQuery({
    queryKey: ["snapshots", dataset.id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/datasets/{id}/snapshots", {
          params: { path: { id: dataset.id }, query: { limit: 50, cursor: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const snapshots = useMemo(() => query.data?.pages.flatMap((page) => page.items ?? []) ?? [], [query.data]);
  const [tagging, setTagging] = useState<Snapshot>();
  const from = search.get("from");
  const to = search.get("to");
  const compare = (a: string | null, b: string | null) =>
    setSearch(a && b ? { from: a, to: b } : {}, { replace: true });
  const searchOf = (path: string | undefined) =>
    `?${new URLSearchParams({ from: from ?? "", to: to ?? "", ...(path === undefined ? {} : { path }) })}`;
  const sideOf = (at: string) => ({ dataset, at, label: `@${at}`, title: t.version(at) });
  const renew = () => Promise.all([query.refetch(), refresh()]);
  if (query.isPending) return <Loading />;
  // Loaded data stay while a reload fails, because the user may be typing.
  if (!query.data)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheVersions} onRetry={() => query.refetch()} />;
  const choices = snapshots.map(({ number, message }) => ({
    value: String(number),
    label: `@${number} ${message.slice(0, 40)}`,
  }));
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        {snapshots.length > 1 ? (
          <Group align="flex-end" gap="xs">
            <Select
              label={t.compare}
              w={190}
              data={choices}
              value={from}
              placeholder="version"
              onChange={(value) => compare(value, to ?? String(snapshots[0]?.number))}
              searchable
            />
            <Select
              label="with"
              w={190}
              data={choices}
              value={to}
              placeholder="version"
              onChange={(value) => compare(from ?? String(snapshots[1]?.number), value)}
              searchable
            />
            {from && (
              <Button variant="subtle" onClick={() => setSearch({}, { replace: true })}>
                {t.backToList}
              </Button>
            )}
          </Group>
        ) : (
          <span />
        )}
        {canWrite && <NewVersion id={dataset.id} canTag={canManage} onDone={() => query.refetch()} />}
      </Group>
      {from && to ? (
        <Difference
          key={`${from}-${to}`}
          before={sideOf(from)}
          after={sideOf(to)}
          path={search.get("path") ?? undefined}
          searchOf={searchOf}
          takeBack={
            canChangeFiles ? (path) => <Revert dataset={dataset.id} at={from} path={path} onDone={renew} /> : undefined
          }
        />
      ) : snapshots.length === 0 ? (
        <EmptyState icon={<ClockIcon size={26} />} title={t.noVersionsYet}>
          {dataset.inFolder ? t.aVersionIsMadeWhenAcquisition : t.everyPushAndUploadCreates}
        </EmptyState>
      ) : (
        <WideTable label={t.versions} minWidth={320}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={64}>{t.version2}</Table.Th>
              <Table.Th>{t.message}</Table.Th>
              <Table.Th w={150} visibleFrom="sm">
                {t.created}
              </Table.Th>
              <Table.Th w={90} ta="right" visibleFrom="sm">
                {t.entries}
              </Table.Th>
              <Table.Th w={90} ta="right" visibleFrom="sm">
                {t.size}
              </Table.Th>
              <Table.Th w={{ base: 96, sm: 230 }}>
                <VisuallyHidden>{t.actions}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {snapshots.map((snapshot, index) => (
              <Table.Tr key={snapshot.number}>
                <Table.Td>
                  <Anchor component={Link} to={`/datasets/${dataset.id}?at=${snapshot.number}`} fw={600} size="sm">
                    @{snapshot.number}
                  </Anchor>
                </Table.Td>
                <Table.Td style={{ maxWidth: 0 }}>
                  <Text size="sm" truncate>
                    <Name>{snapshot.message || t.noMessage}</Name>
                  </Text>
                  <Group gap={6}>
                    <Text size="xs" c="dimmed">
                      {kinds[snapshot.kind] ?? snapshot.kind}, <Name>{snapshot.author}</Name>
                      <Text span inherit hiddenFrom="sm">
                        , <Time value={snapshot.time} />
                      </Text>
                    </Text>
                    {snapshot.tags?.map((tag) => (
                      <Badge key={tag} size="sm" variant="light" tt="none">
                        {tag}
                      </Badge>
                    ))}
                  </Group>
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  <Text size="sm" c="dimmed">
                    <Time value={snapshot.time} />
                  </Text>
                </Table.Td>
                <Table.Td ta="right" fz="sm" visibleFrom="sm">
                  {formatCount(snapshot.files)}
                </Table.Td>
                <Table.Td ta="right" fz="sm" visibleFrom="sm">
                  {formatBytes(snapshot.bytes)}
                </Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" className={classes.actions}>
                    {snapshots[index + 1] && (
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        onClick={() => compare(String(snapshots[index + 1]?.number), String(snapshot.number))}
                        aria-label={t.changesInVersion(snapshot.number)}
                      >
                        {t.changes}
                      </Button>
                    )}
                    {canChangeFiles && index > 0 && (
                      <Revert dataset={dataset.id} at={String(snapshot.number)} onDone={renew} />
                    )}
                    {canManage && (
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        onClick={() => setTagging(snapshot)}
                        aria-label={t.tagVersion(snapshot.number)}
                      >
                        {t.tag}
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
      )}
      {!from && <MoreButton list={query} />}
      {tagging && (
        <TagDialog
          id={dataset.id}
          snapshot={tagging}
          onClose={() => setTagging(undefined)}
          onDone={() => query.refetch()}
        />
      )}
    </Stack>
  );
}

function NewVersion({ id, canTag, onDone }: { id: string; canTag: boolean; onDone: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const [message, setMessage] = useState("");
  const [tag, setTag] = useState("");
  const work = useWork();
  const make = () =>
    work.run(async () => {
      const made = await must(
        api.POST("/datasets/{id}/snapshots", {
          params: { path: { id } },
          body: { message: message || undefined, tag: tag || undefined },
        }),
      );
      notifications.show({ message: t.versionCreated(made.number) });
      setOpen(false);
      onDone();
    });
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t.createVersion}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t.createAVersion}
        centered
        closeButtonProps={{ "aria-label": t.close }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <Stack>
            <TextInput
              label={t.message}
              value={message}
              onChange={(e) => setMessage(e.currentTarget.value)}
              data-autofocus
            />
            {canTag && (
              <TextInput
                label={t.tag}
                description={t.optionalNameForThisVersion}
                value={tag}
                onChange={(e) => setTag(e.currentTarget.value)}
              />
            )}
            <ProblemAlert error={work.error} />
            <Group justify="flex-end">
              <Button type="submit">{t.createVersion}</Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function TagDialog({
  id,
  snapshot,
  onClose,
  onDone,
}: {
  id: string;
  snapshot: Snapshot;
  onClose: () => void;
  onDone: () => void;
}) {
  const [tag, setTag] = useState("");
  const work = useWork();
  const change = (act: () => Promise<unknown>) =>
    work.run(async () => {
      await act();
      onDone();
      onClose();
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.tagsOfVersion(snapshot.number)}
      centered
      closeButtonProps={{ "aria-label": t.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void change(() =>
            must(
              api.PUT("/datasets/{id}/tags/{tag}", {
                params: { path: { id, tag } },
                body: { snapshot: snapshot.number },
              }),
            ),
          );
        }}
      >
        <Stack>
          <TextInput
            label={t.newTag}
            required
            value={tag}
            onChange={(e) => setTag(e.currentTarget.value)}
            data-autofocus
          />
          {(snapshot.tags?.length ?? 0) > 0 && (
            <Group gap="xs">
              {snapshot.tags?.map((each) => (
                <Button
                  key={each}
                  size="compact-sm"
                  variant="light"
                  onClick={() =>
                    change(() => done(api.DELETE("/datasets/{id}/tags/{tag}", { params: { path: { id, tag: each } } })))
                  }
                  aria-label={t.removeTag(each)}
                >
                  {each} ✕
                </Button>
              ))}
            </Group>
          )}
          <ProblemAlert error={work.error} />
          <Group justify="flex-end">
            <Button type="submit">{t.addTag}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
