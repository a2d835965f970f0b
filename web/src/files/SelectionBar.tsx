import { Button, Group, Menu, Paper, Text } from "@mantine/core";
import { useState } from "react";
import { entryUrl } from "../api/base";
import { DownloadIcon } from "../components/icons";
import type { Dataset } from "../dataset/context";
import { files as t } from "../messages/en";
import { plural } from "../text/format";
import { MoveDialog } from "./MoveDialog";
import { nameOf } from "./moves";
import { RemoveDialog } from "./RemoveDialog";
import { RenameDialog } from "./RenameDialog";
import type { Selection } from "./selection";
import { selectionUrl } from "./selectionUrl";

interface SelectionBarProps {
  dataset: Dataset;
  at: string | undefined;
  folder: string;
  selection: Selection;
  canChange: boolean;
  onChanged: () => Promise<void>;
}

/** What can be done with the files and folders that are selected. */
export function SelectionBar({ dataset, at, folder, selection, canChange, onChanged }: SelectionBarProps) {
  const [question, setQuestion] = useState<"move" | "rename" | "remove">();
  const paths = [...selection.rows.keys()];
  const dialog = {
    dataset: dataset.id,
    folder,
    paths,
    onClose: () => setQuestion(undefined),
    onDone: async () => {
      selection.clear();
      await onChanged();
    },
  };
  return (
    <Paper withBorder p="xs" px="md" bg="var(--mantine-primary-color-light)" role="region" aria-label={t.selection}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600} role="status">
          {t.selected(plural(paths.length, t.countEntries))}
        </Text>
        <Group gap="xs">
          <Downloads dataset={dataset} at={at} selection={selection} />
          {canChange && (
            <>
              <Button size="xs" variant="default" onClick={() => setQuestion("move")}>
                {t.move2}
              </Button>
              {paths.length === 1 && (
                <Button size="xs" variant="default" onClick={() => setQuestion("rename")}>
                  {t.rename}
                </Button>
              )}
              <Button size="xs" variant="default" onClick={() => setQuestion("remove")}>
                {t.deleteLabel}
              </Button>
            </>
          )}
          <Button size="xs" variant="subtle" onClick={selection.clear}>
            {t.clearSelection}
          </Button>
        </Group>
      </Group>
      {question === "move" && <MoveDialog {...dialog} />}
      {question === "rename" && <RenameDialog {...dialog} />}
      {question === "remove" && <RemoveDialog {...dialog} />}
    </Paper>
  );
}

function Downloads({ dataset, at, selection }: { dataset: Dataset; at: string | undefined; selection: Selection }) {
  const [first, ...others] = selection.rows.values();
  if (first?.entry?.kind === "file" && others.length === 0)
    return (
      <Button
        component="a"
        size="xs"
        variant="default"
        leftSection={<DownloadIcon size={14} />}
        href={entryUrl(dataset.id, first.path, { at })}
        download={nameOf(first.path)}
      >
        {t.download}
      </Button>
    );
  const zip = selectionUrl(dataset.id, "zip", at, selection.rows.keys());
  const tar = selectionUrl(dataset.id, "tar", at, selection.rows.keys());
  return (
    <Menu width={230} position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<DownloadIcon size={14} />}>
          {t.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {zip && tar ? (
          <>
            <Menu.Item component="a" href={zip} download>
              {t.zip}
            </Menu.Item>
            <Menu.Item component="a" href={tar} download>
              {t.tar}
            </Menu.Item>
          </>
        ) : (
          <Menu.Label>{t.tooManyNamesForOneDownload}</Menu.Label>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
