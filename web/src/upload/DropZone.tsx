import { notifications } from "@mantine/notifications";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import type { Dataset } from "../dataset/context";
import { upload as t } from "../messages/en";
import { fromDrop } from "./chosen";
import classes from "./Upload.module.css";
import { startUpload } from "./uploads";

interface DropZoneProps {
  dataset: Dataset;
  folder: string;
  enabled: boolean;
  children: ReactNode;
}

/** Uploads files and folders dropped on it. The upload button is the keyboard alternative. */
export function DropZone({ dataset, folder, enabled, children }: DropZoneProps) {
  const [isOver, setOver] = useState(false);
  const depth = useRef(0);
  const enter = (event: DragEvent, step: number) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + step);
    setOver(depth.current > 0);
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    try {
      const problem = await startUpload(dataset, folder, await fromDrop(event.dataTransfer));
      if (problem) notifications.show({ color: "red", title: t.couldNotStartTheUpload, message: problem });
    } catch (error) {
      notifications.show({
        color: "red",
        title: t.couldNotStartTheUpload,
        message: t.theDroppedFilesCould((error as Error).message),
      });
    }
  };
  const handlers = {
    onDragEnter: (event: DragEvent) => enter(event, 1),
    onDragLeave: (event: DragEvent) => enter(event, -1),
    onDragOver: (event: DragEvent) => enter(event, 0),
    onDrop: drop,
  };
  // Keeps the same element when the dataset is closed: a different one would close an open dialog inside it.
  return (
    <div
      className={`${classes.zone}${isOver && enabled ? ` ${classes.over}` : ""}`}
      {...(enabled && handlers)}
      data-testid={enabled ? "drop-zone" : undefined}
    >
      {children}
    </div>
  );
}
