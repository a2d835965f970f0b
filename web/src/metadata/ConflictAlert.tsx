import { Alert, Button, Group, Text } from "@mantine/core";
import { ChangeTable } from "./ChangeTable";
import { merged } from "./document";
import type { Draft, Version } from "./draft";

interface ConflictAlertProps {
  draft: Draft;
  current: Version;
  /** Goes on with a text that is made of the newest version. */
  onMerge: (text: string) => void;
}

/** Somebody else was quicker: nothing of either is lost, and nothing is overwritten unseen. */
export function ConflictAlert({ draft, current, onMerge }: ConflictAlertProps) {
  // Theirs may still be on its way.
  const isHere = current.tag !== draft.base.tag;
  const together = isHere ? merged(draft.base.text, draft.text, current.text) : undefined;
  return (
    <Alert color="yellow" title="Another user saved a newer version" role="alert">
      <Text size="sm">
        Theirs is shown below yours. {together && "You can add your changes to it. "}
        {together && together.both.length > 0 && "You have both changed these values; yours would stay:"}
      </Text>
      {together && together.both.length > 0 && (
        <ChangeTable
          label="Changed by both"
          changes={together.both.map(({ path, mine, theirs }) => ({ path, before: theirs, after: mine }))}
          before="Theirs"
          after="Yours"
        />
      )}
      <Group gap="xs" mt="xs">
        {together && (
          <Button size="xs" onClick={() => onMerge(together.text)}>
            Add my changes to theirs
          </Button>
        )}
        <Button size="xs" variant="default" disabled={!isHere} onClick={() => onMerge(draft.text)}>
          Overwrite with mine
        </Button>
      </Group>
    </Alert>
  );
}
