import { Alert, Badge, Button, Group, Paper, PasswordInput, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { api, done, must } from "../api/client";
import { EndButton } from "../components/EndButton";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { setPassword as sendPassword } from "../session/login-calls";
import { useSession } from "../session/session";
import { usePageTitle } from "../shell/usePageTitle";
import { describeAgent } from "./agent";
import { Mails } from "./Mails";

/** Who one is: name, password, sessions. */
export default function ProfilePage() {
  usePageTitle("Profile");
  const { me } = useSession();
  const [search] = useSearchParams();
  return (
    <>
      <PageHeader title="Profile">
        <Group gap="xs">
          <Name>{me?.user ?? ""}</Name>
          {me?.roles?.map((role) => (
            <Badge key={role} variant="light" tt="none">
              {role}
            </Badge>
          ))}
        </Group>
      </PageHeader>
      <Stack gap="xl" maw={720}>
        {(search.has("welcome") || me?.session?.mustSetPassword) && (
          <Alert variant="light" title="Welcome">
            Set a password now: the link that brought you here works only once.
          </Alert>
        )}
        <PasswordForm />
        <PersonForm />
        <Sessions />
        <Mails />
      </Stack>
    </>
  );
}

function PasswordForm() {
  const { me, refresh } = useSession();
  const needsCurrent = me?.session?.mustSetPassword !== true;
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const work = useWork();
  const differs = again !== "" && again !== next ? "This is not the same" : undefined;
  const save = work.onSubmit(async () => {
    await sendPassword(next, needsCurrent ? current : undefined);
    notifications.show({ message: "The password is set. All other sessions have ended." });
    setCurrent("");
    setNext("");
    setAgain("");
    await refresh();
  });
  return (
    <section aria-labelledby="password">
      <Title order={2} size="h4" id="password" mb="xs">
        Password
      </Title>
      <form onSubmit={save}>
        <Stack gap="sm" maw={420}>
          <input type="text" name="username" autoComplete="username" value={me?.user ?? ""} readOnly hidden />
          {needsCurrent && (
            <PasswordInput
              label="Current password"
              autoComplete="current-password"
              required
              value={current}
              onChange={(e) => setCurrent(e.currentTarget.value)}
            />
          )}
          <PasswordInput
            label="New password"
            description="A few words together are easy to remember and hard to guess"
            autoComplete="new-password"
            required
            value={next}
            onChange={(e) => setNext(e.currentTarget.value)}
          />
          <PasswordInput
            label="New password again"
            autoComplete="new-password"
            required
            value={again}
            error={differs}
            onChange={(e) => setAgain(e.currentTarget.value)}
          />
          <ProblemAlert error={work.error} title="The password was not set" />
          <Button type="submit" loading={work.isBusy} w="fit-content" disabled={next === "" || next !== again}>
            Set the password
          </Button>
        </Stack>
      </form>
    </section>
  );
}

function PersonForm() {
  const { me, refresh } = useSession();
  const [displayName, setDisplayName] = useState(me?.displayName ?? "");
  const [email, setEmail] = useState(me?.email ?? "");
  const [current, setCurrent] = useState("");
  const movesMail = email !== (me?.email ?? "");
  const work = useWork();
  const save = work.onSubmit(async () => {
    await must(
      api.PATCH("/me", { body: movesMail ? { displayName, email, current: current || undefined } : { displayName } }),
    );
    notifications.show({ message: "Saved." });
    setCurrent("");
    await refresh();
  });
  return (
    <section aria-labelledby="person">
      <Title order={2} size="h4" id="person" mb="xs">
        Name and mail
      </Title>
      <form onSubmit={save}>
        <Stack gap="sm" maw={420}>
          <TextInput
            label="Name"
            description="As other people see you"
            autoComplete="name"
            value={displayName}
            onChange={(e) => setDisplayName(e.currentTarget.value)}
          />
          <TextInput
            label="Mail address"
            type="email"
            autoComplete="email"
            value={email}
            onChange={(e) => setEmail(e.currentTarget.value)}
          />
          {movesMail && (
            <PasswordInput
              label="Your password"
              description="Whoever reads mail there can log in as you. Leave it empty if you have none"
              autoComplete="current-password"
              value={current}
              onChange={(e) => setCurrent(e.currentTarget.value)}
            />
          )}
          <ProblemAlert error={work.error} title="That was not saved" />
          <Button
            type="submit"
            variant="default"
            loading={work.isBusy}
            w="fit-content"
            disabled={displayName === (me?.displayName ?? "") && email === (me?.email ?? "")}
          >
            Save
          </Button>
        </Stack>
      </form>
    </section>
  );
}

function Sessions() {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ["sessions"], queryFn: () => must(api.GET("/me/sessions")) });
  const work = useWork();
  const end = (session: string) =>
    work.run(async () => {
      await done(api.DELETE("/me/sessions/{session}", { params: { path: { session } } }));
      await queries.invalidateQueries({ queryKey: ["sessions"] });
    });
  return (
    <section aria-labelledby="sessions">
      <Title order={2} size="h4" id="sessions" mb="xs">
        Where you are logged in
      </Title>
      <Stack gap="sm">
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title="The sessions could not be listed" onRetry={() => query.refetch()} />
        )}
        <ProblemAlert error={work.error} title="The session was not ended" />
        {(query.data?.items.length ?? 0) > 0 && (
          <Paper withBorder>
            <Table aria-label="Sessions">
              <Table.Tbody>
                {query.data?.items.map((session) => (
                  <Table.Tr key={session.id}>
                    <Table.Td style={{ maxWidth: 0 }}>
                      <Text size="sm" fw={600} truncate>
                        <Name>{describeAgent(session.agent)}</Name>
                      </Text>
                      <Text size="xs" c="dimmed">
                        {session.address && <Name>{session.address}</Name>}, begun <Time value={session.created} />,
                        last used <Time value={session.lastUsed} />
                      </Text>
                    </Table.Td>
                    <Table.Td w={120} ta="right">
                      {session.current ? (
                        <Badge variant="light" tt="none">
                          this one
                        </Badge>
                      ) : (
                        <EndButton
                          label={`End the session ${describeAgent(session.agent)}`}
                          onClick={() => end(session.id)}
                        >
                          End
                        </EndButton>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Paper>
        )}
      </Stack>
    </section>
  );
}
