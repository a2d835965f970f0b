import { Button, Popover, Stack, Text } from "@mantine/core";
import { useSearchParams } from "react-router";
import { serverAddress } from "../api/base";
import { CopyField } from "../components/CopyField";
import { DownloadIcon } from "../components/icons";
import { shellWord } from "../text/shell";
import type { Dataset } from "./context";

/** The exact commands that bring the dataset to another machine. */
export function CloneButton({ dataset }: { dataset: Dataset }) {
  const at = useSearchParams()[0].get("at");
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
            {at ? `Version @${at} on the command line` : "On the command line"}
          </Text>
          <CopyField
            label="Clone command"
            value={`hutch clone ${shellWord(at ? `${dataset.name}@${at}` : dataset.name)}`}
          />
          <Text size="xs" c="dimmed">
            Once before, with a token of the page Tokens:
          </Text>
          <CopyField label="Login command" value={`hutch login ${serverAddress}`} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
