import { Button, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { ChevronLeftIcon, FolderIcon } from "../components/icons";
import { Name } from "../components/Name";
import { files as t } from "../messages/en";
import { plural } from "../text/format";
import type { FilesDialogProps } from "./dialog";
import { bare, movesInto, nameOf, typedFolder } from "./moves";

const mostShown = 1000;

/** Moves files and folders into another folder of the dataset, which is chosen or typed. */
export function MoveDialog({ dataset, folder, paths, onClose, onDone }: FilesDialogProps) {
  const [typed, setTyped] = useState(folder);
  const target = typedFolder(typed);
  const moves = movesInto(paths, target);
  return (
    <ConfirmDialog
      title={t.move(plural(paths.length, t.countEntries))}
      action={t.moveHere}
      isOpen
      isReady={moves.length > 0}
      onClose={onClose}
      onConfirm={async () => {
        await must(api.POST("/datasets/{id}/move", { params: { path: { id: dataset } }, body: { moves } }));
        await onDone();
      }}
    >
      <TextInput
        label={t.toFolder}
        description={t.emptyForTheTop}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-autofocus
        autoCapitalize="none"
        spellCheck={false}
      />
      <Folders dataset={dataset} folder={target} without={paths} onChoose={setTyped} />
    </ConfirmDialog>
  );
}

interface FoldersProps {
  dataset: string;
  folder: string;
  without: string[];
  onChoose: (folder: string) => void;
}

/** The folders in a folder, and the way up. */
function Folders({ dataset, folder, without, onChoose }: FoldersProps) {
  const [shown] = useDebouncedValue(folder, 200);
  const query = useQuery({
    queryKey: ["folders", dataset, shown],
    queryFn: () =>
      must(
        api.GET("/datasets/{id}/tree", {
          params: {
            path: { id: dataset },
            query: { prefix: shown === "" ? undefined : `${shown}/`, delimiter: "/", limit: mostShown },
          },
        }),
      ),
  });
  const moving = new Set(without.map(bare));
  const empty = (query.data?.items ?? []).filter((entry) => entry.kind === "directory").map((entry) => entry.path);
  const folders = [...(query.data?.prefixes ?? []).map(bare), ...empty].filter((path) => !moving.has(path));
  return (
    <ScrollArea.Autosize mah={220} type="auto">
      <Stack gap={2} role="group" aria-label={t.folders}>
        {shown !== "" && (
          <Button
            variant="subtle"
            size="xs"
            justify="flex-start"
            leftSection={<ChevronLeftIcon size={14} />}
            onClick={() => onChoose(shown.slice(0, Math.max(0, shown.lastIndexOf("/"))))}
          >
            {t.up}
          </Button>
        )}
        {folders.map((path) => (
          <Button
            key={path}
            variant="subtle"
            size="xs"
            justify="flex-start"
            leftSection={<FolderIcon size={14} />}
            onClick={() => onChoose(path)}
          >
            <Name>{nameOf(path)}</Name>
          </Button>
        ))}
        {query.isSuccess && folders.length === 0 && (
          <Text size="xs" c="dimmed">
            {t.noFoldersHere}
          </Text>
        )}
        {query.data?.next && (
          <Text size="xs" c="dimmed">
            {t.thereMayBeMoreType}
          </Text>
        )}
      </Stack>
    </ScrollArea.Autosize>
  );
}
