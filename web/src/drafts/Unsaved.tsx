import { Anchor, Group, Text } from "@mantine/core";
import { drafts as t } from "../messages/en";

/** Says that something is typed and not stored, and offers to give it up. */
export function Unsaved({ onDiscard }: { onDiscard: () => void }) {
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed" role="status">
        {t.notSavedYetThisWindowKeeps}
      </Text>
      <Anchor component="button" type="button" size="sm" onClick={onDiscard}>
        {t.discard}
      </Anchor>
    </Group>
  );
}
