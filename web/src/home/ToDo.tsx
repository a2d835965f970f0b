import { Alert, Anchor, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { WarningIcon } from "../components/icons";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import { home as t } from "../messages/en";
import { plural } from "../text/format";

/** Data that end soon and copies that failed; nothing where there are none. Others bring what is offered and asked. */
export function ToDo({ isOn }: { isOn: boolean }) {
  const query = useQuery({
    queryKey: ["todo"],
    queryFn: () => must(api.GET("/me/todo")),
    // The rest of the page loads first, and reports a server that cannot be reached.
    enabled: isOn,
  });
  const { expiring = [], failedCopies = [] } = query.data ?? {};
  if (expiring.length + failedCopies.length === 0) return null;
  return (
    <Alert role="region" aria-label={t.toDo} color="orange" variant="light" icon={<WarningIcon />} title={t.toDo}>
      <List size="sm" spacing={6} listStyleType="none">
        {expiring.map((one) => (
          <List.Item key={`${one.owner} ${one.first}`}>
            <Expiring one={one} />
          </List.Item>
        ))}
        {failedCopies.map(({ dataset, name, copy }) => (
          <List.Item key={`${dataset} ${copy.site}`}>
            <Anchor component={Link} to={`/datasets/${dataset}/sites`} inherit>
              <Name wrap>{name}</Name>
            </Anchor>
            {t.theCopyFailed(copy.site)}
            {copy.problem && (
              <Text size="sm" c="dimmed">
                <Name wrap>{copy.problem}</Name>
              </Text>
            )}
          </List.Item>
        ))}
      </List>
      {expiring.length > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {t.keepThem}
        </Text>
      )}
    </Alert>
  );
}

function Expiring({ one: { owner, dataset, name, first, count } }: { one: Schemas["ExpiringInfo"] }) {
  return (
    <>
      <Anchor component={Link} to={`/datasets/${dataset}`} inherit>
        <Name wrap>{name}</Name>
      </Anchor>
      {count > 1 && (
        <>
          {t.and}
          <Anchor component={Link} to={`/search?q=${encodeURIComponent(`owner:${owner}`)}`} inherit>
            {plural(count - 1, t.countOthers)}
          </Anchor>
        </>
      )}
      {count > 1 ? t.expireFrom : t.expires}
      <Time value={first} />
    </>
  );
}
