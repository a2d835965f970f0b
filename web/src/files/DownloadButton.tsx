import { Button, Group, Popover, Stack, Text } from "@mantine/core";
import { archiveUrl, serverAddress } from "../api/base";
import { CopyField } from "../components/CopyField";
import { DownloadIcon } from "../components/icons";
import type { Dataset } from "../dataset/context";
import { files as t } from "../messages/en";
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
          {t.download}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="calc(100vw - 32px)">
        <Stack gap="xs">
          <Text size="sm" fw={600}>
            {t.download2}
            {folder === "" ? t.allFiles : t.thisFolder}
          </Text>
          <Group gap="xs" grow>
            <Button component="a" variant="light" href={archiveUrl(dataset.id, "zip", query)} download>
              {t.zip}
            </Button>
            <Button component="a" variant="light" href={archiveUrl(dataset.id, "tar", query)} download>
              {t.tar}
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            {t.orByCommand}
            {isVisitor ? "" : t.withATokenFromTheTokens}:
          </Text>
          <CopyField
            label={t.downloadCommand}
            value={`curl -fOJ ${isVisitor ? "" : '-H "Authorization: Bearer $HUTCH_TOKEN" '}'${tar.href}'`}
          />
          {folder !== "" && (
            <>
              <Text size="xs" c="dimmed">
                {t.orAsSingleFilesVerified}
              </Text>
              <CopyField
                label={t.cloneFolderCommand}
                value={`hutch clone --lazy ${isVisitor ? `--remote ${serverAddress} ` : ""}${name} ${dataset.slug} && cd ${dataset.slug} && hutch get ${shellWord(folder)}`}
              />
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
