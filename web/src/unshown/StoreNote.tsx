import { Alert } from "@mantine/core";
import { unshown as t } from "../messages/en";

/** Names that say that a folder is an array or a group of Zarr, of format 2 or 3. */
const signs = new Set([".zarray", ".zgroup", ".zmetadata", "zarr.json"]);

/** Says that the files of a folder are parts of one thing, which the portal does not show, and how to open it. */
export function StoreNote({ names }: { names: string[] }) {
  if (!names.some((name) => signs.has(name))) return null;
  return (
    <Alert variant="light" py="xs">
      {t.thisFolderBelongsToAZarr}
    </Alert>
  );
}
