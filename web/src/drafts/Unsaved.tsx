import { Anchor, Group, Text } from "@mantine/core";

/** Says that something is typed and not stored, and offers to give it up. */
export function Unsaved({ onDiscard }: { onDiscard: () => void }) {
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed" role="status">
        Not saved yet. This window keeps it.
      </Text>
      <Anchor component="button" type="button" size="sm" onClick={onDiscard}>
        Discard
      </Anchor>
    </Group>
  );
}
