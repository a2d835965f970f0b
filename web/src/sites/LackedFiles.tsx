import { List, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { sites as t } from "../messages/en";
import { plural } from "../text/format";

/** Which files a copy lacks because no site has them, and why. */
export function LackedFiles({ copy }: { copy: Schemas["CopyInfo"] }) {
  if (copy.failures == null) return null;
  const { count, files } = copy.failures;
  const more = count - files.length;
  return (
    <List size="sm" aria-label={t.filesThatLacks(copy.site)}>
      {files.map(({ path, why }) => (
        <List.Item key={path}>
          <Name wrap>{path}</Name>
          <Text size="sm" c="dimmed">
            {why}
          </Text>
        </List.Item>
      ))}
      {more > 0 && <List.Item>{plural(more, files.length > 0 ? t.countMoreFiles : t.countFiles)}</List.Item>}
    </List>
  );
}
