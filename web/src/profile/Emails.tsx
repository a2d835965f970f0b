import { Accordion, Badge, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { profile as t } from "../messages/en";

const states: Record<string, { label: string; color: string }> = {
  kept: { label: t.notEmailed, color: "gray" },
  queued: { label: "sending", color: "blue" },
  sent: { label: "sent", color: "green" },
  failed: { label: t.notDelivered, color: "red" },
};

/** Every email can also be read here; without a mail server this is the only place. */
export function Emails() {
  const query = useInfiniteQuery({
    queryKey: ["mails"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => must(api.GET("/me/mails", { params: { query: { limit: 20, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const mails = query.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  if (query.isPending) return null;
  return (
    <section aria-labelledby="mails">
      <Title order={2} size="h4" id="mails" mb="xs">
        {t.emails}
      </Title>
      <Stack gap="sm">
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadYourEmails} onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && mails.length === 0 && (
          <Text size="sm" c="dimmed">
            {t.noEmailsYet}
          </Text>
        )}
        {mails.length > 0 && (
          <Accordion variant="contained">
            {mails.map((mail) => (
              <Accordion.Item key={mail.id} value={String(mail.id)}>
                <Accordion.Control>
                  <Group gap="xs">
                    <Text size="sm" fw={600}>
                      <Name>{mail.subject}</Name>
                    </Text>
                    <Badge variant="light" tt="none" color={states[mail.state]?.color}>
                      {states[mail.state]?.label ?? mail.state}
                    </Badge>
                    <Text size="xs" c="dimmed">
                      <Time value={mail.time} />
                      {mail.to && (
                        <>
                          {t.to}
                          <Name>{mail.to}</Name>
                        </>
                      )}
                    </Text>
                  </Group>
                </Accordion.Control>
                <Accordion.Panel>
                  {mail.failure && (
                    <Text size="sm" mb="xs">
                      <Name wrap>{mail.failure}</Name>
                    </Text>
                  )}
                  <Code block style={{ whiteSpace: "pre-wrap" }}>
                    {mail.body}
                  </Code>
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        )}
        <MoreButton list={query} />
      </Stack>
    </section>
  );
}
