import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";
import { versions as t } from "../messages/en";

interface RevertProps {
  dataset: string;
  at: string;
  /** The file; all of the dataset without one. */
  path?: string;
  onDone: () => Promise<unknown>;
}

/** Makes one file, or all of the dataset, what it was in an older version. */
export function Revert({ dataset, at, path, onDone }: RevertProps) {
  const [isAsking, setAsking] = useState(false);
  const what = path === undefined ? t.allFiles : t.thisFile;
  return (
    <>
      <Button
        size="compact-xs"
        variant={path === undefined ? "subtle" : "default"}
        onClick={() => setAsking(true)}
        aria-label={t.revertToVersion(what, at)}
      >
        {t.revert}
      </Button>
      <ConfirmDialog
        title={t.revertTo(what, at)}
        action={t.revert}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const made = await must(
            api.POST("/datasets/{id}/revert", {
              params: { path: { id: dataset } },
              body: path === undefined ? { at } : { at, paths: [path], message: t.revertTo2(path, at) },
            }),
          );
          notifications.show({ message: t.revertedToTheLatestVersion(at, made.number) });
          await onDone();
        }}
      >
        <Text size="sm">
          {path === undefined ? t.theWholeDataset : <Name wrap>{path}</Name>}
          {t.becomesWhat}
          {at}
          {t.addedChangedOrRemovedTheResult}
        </Text>
      </ConfirmDialog>
    </>
  );
}
