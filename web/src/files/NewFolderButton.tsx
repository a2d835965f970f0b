import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { entryUrl } from "../api/base";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { FolderIcon } from "../components/icons";
import { files as t } from "../messages/en";
import { nameFault } from "./moves";

interface NewFolderProps {
  dataset: string;
  folder: string;
  onDone: () => Promise<void>;
}

/** Makes an empty folder. */
export function NewFolderButton({ dataset, folder, onDone }: NewFolderProps) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const fault = nameFault(name);
  return (
    <>
      <Button variant="default" leftSection={<FolderIcon size={16} />} onClick={() => setOpen(true)}>
        {t.newFolder}
      </Button>
      <ConfirmDialog
        title={t.newFolder}
        action={t.createFolder}
        isOpen={isOpen}
        isReady={!fault && name !== ""}
        onClose={() => {
          setOpen(false);
          setName("");
        }}
        onConfirm={async () => {
          const path = folder + name;
          await must(
            api.PUT("/datasets/{id}/entries/{path}", {
              params: { path: { id: dataset, path }, header: { "If-None-Match": "*" } },
              pathSerializer: () => entryUrl(dataset, path),
              headers: { "Content-Type": "application/x-hutch-directory" },
              body: "",
              bodySerializer: () => "",
            }),
          );
          await onDone();
        }}
      >
        <TextInput
          label={t.name}
          value={name}
          error={fault}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          autoCapitalize="none"
          spellCheck={false}
        />
      </ConfirmDialog>
    </>
  );
}
