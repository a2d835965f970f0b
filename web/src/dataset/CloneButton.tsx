import { Button, Popover, Stack, Text } from "@mantine/core";
import { serverAddress } from "../api/base";
import { CopyField } from "../components/CopyField";
import { DownloadIcon } from "../components/icons";
import type { Dataset } from "./context";

/** The exact commands that bring the dataset to another machine. */
export function CloneButton({ dataset }: { dataset: Dataset }) {
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
            On the command line
          </Text>
          <CopyField label="Clone command" value={`hutch clone ${dataset.name}`} />
          <Text size="xs" c="dimmed">
            Once before, with a token of the page Tokens:
          </Text>
          <CopyField label="Login command" value={`hutch login ${serverAddress}`} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
