import { Alert, Badge, Button, Group, Paper, PasswordInput, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, done, must } from "../api/client";
import { EndButton } from "../components/EndButton";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { profile as t } from "../messages/en";
import { setPassword as sendPassword } from "../session/loginCalls";
import { useSession } from "../session/session";
import { Consents } from "./Consents";
import { Emails } from "./Emails";
import { Notifications } from "./Notifications";
import { describeUserAgent } from "./userAgent";

/** Password, name, email and sessions. */
export default function ProfilePage() {
  usePageTitle(t.profile);
  const { me } = useSession();
  return (
    <>
      <PageHeader title={t.profile}>
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
        {me?.session?.mustSetPassword && (
          <Alert variant="light" title={t.welcome}>
            {t.setAPasswordNowTheLink}
          </Alert>
        )}
        <PasswordForm />
        <PersonForm />
        <Sessions />
        <Consents />
        <Notifications />
        <Emails />
      </Stack>
    </>
  );
}

function PasswordForm() {
  const { me, refresh } = useSession();
  const navigate = useNavigate();
  const needsCurrent = me?.session?.mustSetPassword !== true;
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const work = useWork();
  const differs = again !== "" && again !== next ? t.thePasswordsDoNotMatch : undefined;
  const save = work.onSubmit(async () => {
    await sendPassword(next, needsCurrent ? current : undefined);
    notifications.show({
      message: needsCurrent ? t.passwordChangedAllYourOtherSessions : t.passwordSet,
    });
    setCurrent("");
    setNext("");
    setAgain("");
    await refresh();
    // A new user sets a password first, and then starts at the home page.
    if (!needsCurrent) navigate("/", { replace: true });
  });
  return (
    <section aria-labelledby="password">
      <Title order={2} size="h4" id="password" mb="xs">
        {t.password}
      </Title>
      <form onSubmit={save}>
        <Stack gap="sm" maw={420}>
          <input type="text" name="username" autoComplete="username" value={me?.user ?? ""} readOnly hidden />
          {needsCurrent && (
            <PasswordInput
              label={t.currentPassword}
              autoComplete="current-password"
              required
              value={current}
              onChange={(e) => setCurrent(e.currentTarget.value)}
            />
          )}
          <PasswordInput
            label={t.newPassword}
            description={t.useAFewWordsEasy}
            autoComplete="new-password"
            required
            value={next}
            onChange={(e) => setNext(e.currentTarget.value)}
          />
          <PasswordInput
            label={t.confirmNewPassword}
            autoComplete="new-password"
            required
            value={again}
            error={differs}
            onChange={(e) => setAgain(e.currentTarget.value)}
          />
          <ProblemAlert error={work.error} title={t.couldNotChangeThePassword} />
          <Button type="submit" loading={work.isBusy} w="fit-content" disabled={next === "" || next !== again}>
            {needsCurrent ? t.changePassword : t.setPassword}
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
    notifications.show({ message: t.profileSaved });
    setCurrent("");
    await refresh();
  });
  return (
    <section aria-labelledby="person">
      <Title order={2} size="h4" id="person" mb="xs">
        {t.nameAndEmail}
      </Title>
      <form onSubmit={save}>
        <Stack gap="sm" maw={420}>
          <TextInput
            label={t.fullName}
            description={t.shownToOtherPeople}
            autoComplete="name"
            value={displayName}
            onChange={(e) => setDisplayName(e.currentTarget.value)}
          />
          <TextInput
            label={t.email}
            type="email"
            autoComplete="email"
            value={email}
            onChange={(e) => setEmail(e.currentTarget.value)}
          />
          {movesMail && (
            <PasswordInput
              label={t.currentPassword}
              description={t.neededToChangeYourEmailLeave}
              autoComplete="current-password"
              value={current}
              onChange={(e) => setCurrent(e.currentTarget.value)}
            />
          )}
          <ProblemAlert error={work.error} title={t.couldNotSaveYourProfile} />
          <Button
            type="submit"
            variant="default"
            loading={work.isBusy}
            w="fit-content"
            disabled={displayName === (me?.displayName ?? "") && email === (me?.email ?? "")}
          >
            {t.save}
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
        {t.sessions}
      </Title>
      <Stack gap="sm">
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadYourSessions} onRetry={() => query.refetch()} />
        )}
        <ProblemAlert error={work.error} title={t.couldNotEndTheSession} />
        {(query.data?.items.length ?? 0) > 0 && (
          <Paper withBorder>
            <Table aria-label={t.sessions}>
              <Table.Tbody>
                {query.data?.items.map((session) => (
                  <Table.Tr key={session.id}>
                    <Table.Td style={{ maxWidth: 0 }}>
                      <Text size="sm" fw={600} truncate>
                        <Name>{describeUserAgent(session.agent)}</Name>
                      </Text>
                      <Text size="xs" c="dimmed">
                        {session.address && <Name>{session.address}</Name>}
                        {t.loggedIn}
                        <Time value={session.created} />
                        {t.lastActive}
                        <Time value={session.lastUsed} />
                      </Text>
                    </Table.Td>
                    <Table.Td w={120} ta="right">
                      {session.current ? (
                        <Badge variant="light" tt="none">
                          {t.thisSession}
                        </Badge>
                      ) : (
                        <EndButton label={t.logOut2(describeUserAgent(session.agent))} onClick={() => end(session.id)}>
                          {t.logOut}
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
