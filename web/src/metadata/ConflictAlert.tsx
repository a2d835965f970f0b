import { Alert, Button, Group, Text } from "@mantine/core";
import { metadata as t } from "../messages/en";
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
    <Alert color="yellow" title={t.anotherUserSavedANewerVersion} role="alert">
      <Text size="sm">
        {t.theirsIsShownBelowYours}
        {together && t.youCanAddYourChanges}
        {together && together.both.length > 0 && t.youHaveBothChangedTheseValues}
      </Text>
      {together && together.both.length > 0 && (
        <ChangeTable
          label={t.changedByBoth}
          changes={together.both.map(({ path, mine, theirs }) => ({ path, before: theirs, after: mine }))}
          before={t.theirs}
          after={t.yours}
        />
      )}
      <Group gap="xs" mt="xs">
        {together && (
          <Button size="xs" onClick={() => onMerge(together.text)}>
            {t.addMyChangesToTheirs}
          </Button>
        )}
        <Button size="xs" variant="default" disabled={!isHere} onClick={() => onMerge(draft.text)}>
          {t.overwriteWithMine}
        </Button>
      </Group>
    </Alert>
  );
}
