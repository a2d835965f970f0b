import { Text } from "@mantine/core";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";
import { files as t } from "../messages/en";
import { plural } from "../text/format";
import type { FilesDialogProps } from "./dialog";
import { bare, nameOf } from "./moves";

/** Asks before files and folders are deleted. */
export function RemoveDialog({ dataset, paths, onClose, onDone }: FilesDialogProps) {
  const hasFolder = paths.some((path) => path.endsWith("/"));
  return (
    <ConfirmDialog
      title={
        paths.length === 1
          ? t.deleteThis(hasFolder ? "folder" : "file")
          : t.deleteLabel2(plural(paths.length, t.countEntries))
      }
      action={t.deleteLabel}
      isDangerous
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await must(
          api.POST("/datasets/{id}/remove", { params: { path: { id: dataset } }, body: { paths: paths.map(bare) } }),
        );
        await onDone();
      }}
    >
      <Text size="sm">
        {paths.length === 1 ? <Name wrap>{nameOf(paths[0] ?? "")}</Name> : t.theSelection}
        {hasFolder ? t.withAllThatIsInFolders : ""}
        {t.isRemovedFromTheLatestVersion}
      </Text>
    </ConfirmDialog>
  );
}
