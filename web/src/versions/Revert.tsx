import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";

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
  const what = path === undefined ? "all files" : "this file";
  return (
    <>
      <Button
        size="compact-xs"
        variant={path === undefined ? "subtle" : "default"}
        onClick={() => setAsking(true)}
        aria-label={`Revert ${what} to version ${at}`}
      >
        Revert
      </Button>
      <ConfirmDialog
        title={`Revert ${what} to @${at}?`}
        action="Revert"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const made = await must(
            api.POST("/datasets/{id}/revert", {
              params: { path: { id: dataset } },
              body: path === undefined ? { at } : { at, paths: [path], message: `Revert ${path} to @${at}` },
            }),
          );
          notifications.show({ message: `Reverted to @${at}. The latest version is @${made.number}.` });
          await onDone();
        }}
      >
        <Text size="sm">
          {path === undefined ? "The whole dataset" : <Name wrap>{path}</Name>} becomes what it was in @{at}: added,
          changed or removed. The result is a new version; the version before it keeps the present state.
        </Text>
      </ConfirmDialog>
    </>
  );
}
