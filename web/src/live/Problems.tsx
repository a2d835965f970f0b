import { Alert, Button, Group, List, Text } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { CheckIcon, WarningIcon } from "../components/icons";
import { Name } from "../components/Name";
import { TextWithCode } from "../components/TextWithCode";
import { live as t } from "../messages/en";
import { plural } from "../text/format";

/** So many are shown until somebody asks for all. */
const shownFirst = 5;

/** What is slow, stuck or gone, and what to do about it. No live region: the seconds in its sentences change all the time. */
export function Problems({ live: { problems, everything } }: { live: Schemas["LiveInfo"] }) {
  const [isWhole, setWhole] = useState(false);
  if (problems.length === 0)
    return (
      <Group gap={6} c="green" wrap="nowrap">
        <CheckIcon />
        <Text size="sm" c="var(--mantine-color-text)">
          {everything ? t.allIsWellNothingIsSlow : t.allIsWellWithYourRuns}
        </Text>
      </Group>
    );
  return (
    <Alert
      role="region"
      color="red"
      variant="light"
      icon={<WarningIcon />}
      title={plural(problems.length, t.countProblems)}
    >
      <List size="sm" spacing={6} listStyleType="none">
        {problems.slice(0, isWhole ? undefined : shownFirst).map(({ kind, message, advice }, index) => (
          <List.Item key={`${kind} ${index}`}>
            <Text size="sm" fw={550} component="div">
              <Name wrap>{message}</Name>
            </Text>
            <TextWithCode>{advice}</TextWithCode>
          </List.Item>
        ))}
      </List>
      {problems.length > shownFirst && (
        <Button mt="sm" size="xs" variant="default" onClick={() => setWhole(!isWhole)} aria-expanded={isWhole}>
          {isWhole ? t.showFewer : t.showAll(problems.length)}
        </Button>
      )}
    </Alert>
  );
}
