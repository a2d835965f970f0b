import { Alert, Group, Text } from "@mantine/core";
import type { Dataset } from "../dataset/context";
import { OpenWith } from "../dataset/OpenWith";
import { unshown as t } from "../messages/en";
import { storeOf } from "./store";

/** Names that say that a folder is an array or a group of Zarr, of format 2 or 3. */
const signs = new Set([".zarray", ".zgroup", ".zmetadata", "zarr.json"]);

/** Says that the files of a folder are parts of one thing, which the portal does not show, and how to open it. */
export function StoreNote({ names, dataset, folder }: { names: string[]; dataset: Dataset; folder: string }) {
  if (!names.some((name) => signs.has(name))) return null;
  return (
    <Alert variant="light" py="xs">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm">{t.thisFolderBelongsToAZarr}</Text>
        {folder !== "" && <OpenWith dataset={dataset} path={storeOf(folder)} isFolder />}
      </Group>
    </Alert>
  );
}
