import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef } from "react";
import { FileIcon, FolderIcon, UploadIcon } from "../components/icons";
import type { Dataset } from "../dataset/context";
import { upload as t } from "../messages/en";
import { fromInput } from "./chosen";
import { startUpload } from "./uploads";

/** Chooses files or a folder to upload. */
export function UploadButtons({ dataset, folder }: { dataset: Dataset; folder: string }) {
  const files = useRef<HTMLInputElement>(null);
  const whole = useRef<HTMLInputElement>(null);
  const chosen = async (input: HTMLInputElement) => {
    if (!input.files || input.files.length === 0) return;
    const chosen = fromInput(input.files);
    input.value = "";
    const problem = await startUpload(dataset, folder, chosen);
    if (problem) notifications.show({ color: "red", title: t.couldNotStartTheUpload, message: problem });
  };
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button leftSection={<UploadIcon size={16} />}>{t.upload}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<FileIcon size={16} />} onClick={() => files.current?.click()}>
            {t.files}
          </Menu.Item>
          <Menu.Item leftSection={<FolderIcon size={16} />} onClick={() => whole.current?.click()}>
            {t.folder}
          </Menu.Item>
          <Menu.Label>{t.replacesFilesWithTheSameName}</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label={t.filesToUpload}
        data-testid="upload-files"
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={whole}
        type="file"
        multiple
        hidden
        aria-label={t.folderToUpload}
        data-testid="upload-folder"
        {...{ webkitdirectory: "" }}
        onChange={(event) => chosen(event.currentTarget)}
      />
    </>
  );
}
