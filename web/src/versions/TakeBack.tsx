import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";

interface TakeBackProps {
  dataset: string;
  at: string;
  /** The file; all of the dataset without one. */
  path?: string;
  onDone: () => Promise<unknown>;
}

/** Makes one file, or all of the dataset, what it was in an older version. */
export function TakeBack({ dataset, at, path, onDone }: TakeBackProps) {
  const [isAsking, setAsking] = useState(false);
  const what = path === undefined ? "all files" : "this file";
  return (
    <>
      <Button
        size="compact-xs"
        variant={path === undefined ? "subtle" : "default"}
        onClick={() => setAsking(true)}
        aria-label={`Take ${what} back from version ${at}`}
      >
        Take back
      </Button>
      <ConfirmDialog
        title={`Take ${what} back from @${at}?`}
        action="Take back"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const made = await must(
            api.POST("/datasets/{id}/revert", {
              params: { path: { id: dataset } },
              body: path === undefined ? { at } : { at, paths: [path], message: `Took ${path} back from @${at}` },
            }),
          );
          notifications.show({ message: `Taken back from @${at}. The latest version is @${made.number}.` });
          await onDone();
        }}
      >
        <Text size="sm">
          {path === undefined ? "The whole dataset" : <Name wrap>{path}</Name>} becomes what it was in @{at}: added,
          changed or removed. The result is a new version, and what is there now stays in the one before it.
        </Text>
      </ConfirmDialog>
    </>
  );
}
