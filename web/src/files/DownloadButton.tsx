import { Button, Group, Popover, Stack, Text } from "@mantine/core";
import { archiveUrl, serverAddress } from "../api/base";
import { CopyField } from "../components/CopyField";
import { DownloadIcon } from "../components/icons";
import type { Dataset } from "../dataset/context";
import { useSession } from "../session/session";
import { shellWord } from "../text/shell";

/** Downloads a folder as an archive, in the browser or by command. */
export function DownloadButton({ dataset, folder, at }: { dataset: Dataset; folder: string; at: string | undefined }) {
  const isVisitor = useSession().me === null;
  const query = { at, prefix: folder || undefined };
  const tar = new URL(archiveUrl(dataset.id, "tar", query), window.location.origin);
  const name = shellWord(at ? `${dataset.name}@${at}` : dataset.name);
  return (
    <Popover width={440} position="bottom-end" trapFocus returnFocus shadow="md" withinPortal>
      <Popover.Target>
        <Button variant="default" leftSection={<DownloadIcon size={16} />}>
          Download
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="calc(100vw - 32px)">
        <Stack gap="xs">
          <Text size="sm" fw={600}>
            Download {folder === "" ? "all files" : "this folder"}
          </Text>
          <Group gap="xs" grow>
            <Button component="a" variant="light" href={archiveUrl(dataset.id, "zip", query)} download>
              ZIP
            </Button>
            <Button component="a" variant="light" href={archiveUrl(dataset.id, "tar", query)} download>
              TAR
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            Or by command{isVisitor ? "" : ", with a token from the Tokens page"}:
          </Text>
          <CopyField
            label="Download command"
            value={`curl -fOJ ${isVisitor ? "" : '-H "Authorization: Bearer $HUTCH_TOKEN" '}'${tar.href}'`}
          />
          {folder !== "" && (
            <>
              <Text size="xs" c="dimmed">
                Or as single files, verified by checksum:
              </Text>
              <CopyField
                label="Clone folder command"
                value={`hutch clone --lazy ${isVisitor ? `--remote ${serverAddress} ` : ""}${name} ${dataset.slug} && cd ${dataset.slug} && hutch get ${shellWord(folder)}`}
              />
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
