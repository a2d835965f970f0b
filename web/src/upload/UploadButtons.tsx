import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef } from "react";
import { FileIcon, FolderIcon, UploadIcon } from "../components/icons";
import type { Dataset } from "../dataset/context";
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
    if (problem) notifications.show({ color: "red", title: "Could not start the upload", message: problem });
  };
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button leftSection={<UploadIcon size={16} />}>Upload</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<FileIcon size={16} />} onClick={() => files.current?.click()}>
            Files
          </Menu.Item>
          <Menu.Item leftSection={<FolderIcon size={16} />} onClick={() => whole.current?.click()}>
            Folder
          </Menu.Item>
          <Menu.Label>Replaces files with the same name. Earlier versions keep them.</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        data-testid="upload-files"
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={whole}
        type="file"
        multiple
        hidden
        aria-label="Folder to upload"
        data-testid="upload-folder"
        {...{ webkitdirectory: "" }}
        onChange={(event) => chosen(event.currentTarget)}
      />
    </>
  );
}
