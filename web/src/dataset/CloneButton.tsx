import { Button, Popover, Stack, Text } from "@mantine/core";
import { useSearchParams } from "react-router";
import { serverAddress } from "../api/base";
import { CopyField } from "../components/CopyField";
import { DownloadIcon } from "../components/icons";
import { useSession } from "../session/session";
import { shellWord } from "../text/shell";
import type { Dataset } from "./context";

/** The commands that clone the dataset. */
export function CloneButton({ dataset }: { dataset: Dataset }) {
  const at = useSearchParams()[0].get("at");
  const isVisitor = useSession().me === null;
  const remote = isVisitor ? `--remote ${serverAddress} ` : "";
  return (
    <Popover width={440} position="bottom-end" trapFocus returnFocus shadow="md" withinPortal>
      <Popover.Target>
        <Button variant="default" leftSection={<DownloadIcon size={16} />}>
          Clone
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="calc(100vw - 32px)">
        <Stack gap="xs">
          <Text size="sm" fw={600}>
            {at ? `Clone version @${at}` : "Clone with the command line"}
          </Text>
          <CopyField
            label="Clone command"
            value={`hutch clone ${remote}${shellWord(at ? `${dataset.name}@${at}` : dataset.name)}`}
          />
          {!isVisitor && (
            <>
              <Text size="sm" fw={600} mt="xs">
                Or use it where it is
              </Text>
              <CopyField
                label="Mount command"
                value={`hutch mount ${shellWord(at ? `${dataset.name}@${at}` : dataset.name)} ${shellWord(dataset.slug)}`}
              />
              <CopyField
                label="Python code"
                value={`import hutch; ds = hutch.open("${at ? `${dataset.name}@${at}` : dataset.name}")`}
              />
              <Text size="xs" c="dimmed">
                First time on this computer? Create a token on the Tokens page, then log in:
              </Text>
              <CopyField label="Login command" value={`hutch login ${serverAddress}`} />
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
