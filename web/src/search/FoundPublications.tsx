import { Anchor, Group, Paper, Stack, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { StatusBadge } from "../components/StatusBadge";
import { Time } from "../components/Time";
import { search as t } from "../messages/en";
import { authorsOf } from "./authors";

type Publication = Schemas["FoundPublication"];

const colours = { open: "green", embargoed: "yellow", restricted: "gray", "metadata-only": "gray" };

/** Publications whose datasets the user may not see: each opens its public page. */
export function FoundPublications({ publications }: { publications: Publication[] }) {
  return (
    <Paper withBorder radius="md" p="md" component="section" aria-label={t.publications}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t.publicationsOfOtherDatasets}
        </Text>
        {publications.map((one) => (
          <div key={one.page}>
            <Group gap="xs" wrap="nowrap">
              <Anchor href={one.page} target="_blank" rel="noreferrer" fw={600}>
                {one.title || one.page}
              </Anchor>
              <StatusBadge colours={colours}>{one.access}</StatusBadge>
            </Group>
            <Text size="sm" c="dimmed">
              {authorsOf(one.authors)} · <Time value={one.published} exact />
              {one.opens && (
                <>
                  {t.opensAt} <Time value={one.opens} exact />
                </>
              )}
              {one.doi && ` · ${one.doi}`}
            </Text>
          </div>
        ))}
      </Stack>
    </Paper>
  );
}
