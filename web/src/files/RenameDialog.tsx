import { TextInput } from "@mantine/core";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { files as t } from "../messages/en";
import type { FilesDialogProps } from "./dialog";
import { bare, nameFault, nameOf } from "./moves";

/** Gives a file or folder another name. */
export function RenameDialog({ dataset, folder, paths: [path = ""], onClose, onDone }: FilesDialogProps) {
  const [name, setName] = useState(nameOf(path));
  const fault = nameFault(name);
  return (
    <ConfirmDialog
      title={t.renameThis(path.endsWith("/") ? "folder" : "file")}
      action={t.rename}
      isOpen
      isReady={!fault && name !== "" && name !== nameOf(path)}
      onClose={onClose}
      onConfirm={async () => {
        await must(
          api.POST("/datasets/{id}/move", {
            params: { path: { id: dataset } },
            body: { moves: [{ from: bare(path), to: folder + name }] },
          }),
        );
        await onDone();
      }}
    >
      <TextInput
        label={t.newName}
        value={name}
        error={fault}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
        autoCapitalize="none"
        spellCheck={false}
      />
    </ConfirmDialog>
  );
}
