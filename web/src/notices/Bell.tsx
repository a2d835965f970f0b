import { ActionIcon, Anchor, Group, Indicator, Popover, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, must } from "../api/client";
import { BellIcon } from "../components/icons";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import { notices as t } from "../messages/en";
import { datasetIn, keepSeen, keptSeen, unreadSince } from "./seen";

const most = 20;
const renewMs = 60_000;

/** The way to the zone, which writes to the people of all its sites. */
export function BellOfZone({ zone }: { zone: string }) {
  const label = t.notificationsAtTheZone;
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" component="a" href={zone} aria-label={label} title={label}>
      <BellIcon />
    </ActionIcon>
  );
}

/** What the site wrote to the user: shares, offers, copies, ends of data. Opening the list reads all of it. */
export function Bell({ user }: { user: string }) {
  const [isOpen, setOpen] = useState(false);
  const [seen, setSeen] = useState(() => keptSeen(user));
  const query = useQuery({
    queryKey: ["mails", "bell"],
    queryFn: () => must(api.GET("/me/mails", { params: { query: { bell: true, limit: most } } })),
    refetchInterval: renewMs,
    refetchOnWindowFocus: true,
  });
  const mails = query.data?.items ?? [];
  const unread = unreadSince(mails, seen);
  const toggle = (open: boolean) => {
    setOpen(open);
    const newest = mails[0]?.time;
    // New notices stay marked while the list is open.
    if (open || newest === undefined) return;
    keepSeen(user, newest);
    setSeen(newest);
  };
  return (
    <Popover width={380} position="bottom-end" trapFocus returnFocus shadow="md" opened={isOpen} onChange={toggle}>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          style={{ overflow: "visible" }}
          onClick={() => toggle(!isOpen)}
          aria-label={unread === 0 ? t.notifications : t.notificationsNew(unread)}
        >
          <Indicator disabled={unread === 0} label={unread} size={16} color="red.9">
            <BellIcon />
          </Indicator>
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown maw="calc(100vw - 32px)" mah="70vh" style={{ overflowY: "auto" }}>
        <Stack gap="sm">
          {mails.length === 0 && (
            <Text size="sm" c="dimmed">
              {t.nothingYetSharesOffersAndEnds}
            </Text>
          )}
          {mails.map((mail) => {
            const dataset = datasetIn(mail.body);
            return (
              <div key={mail.id}>
                <Text size="sm" fw={unreadSince([mail], seen) > 0 ? 650 : undefined} component="div">
                  {dataset ? (
                    <Anchor component={Link} to={`/datasets/${dataset}`} inherit onClick={() => toggle(false)}>
                      <Name wrap>{mail.subject}</Name>
                    </Anchor>
                  ) : (
                    <Name wrap>{mail.subject}</Name>
                  )}
                </Text>
                <Text size="xs" c="dimmed">
                  <Time value={mail.time} />
                </Text>
              </div>
            );
          })}
          <Group justify="space-between">
            <Anchor component={Link} to="/profile" size="sm" onClick={() => toggle(false)}>
              {t.allEmails}
            </Anchor>
            <Anchor component={Link} to="/profile#notifications" size="sm" onClick={() => toggle(false)}>
              {t.choose}
            </Anchor>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
