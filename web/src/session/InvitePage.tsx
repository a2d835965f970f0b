import { Alert, Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { HutchMark, WarningIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { session as t } from "../messages/en";
import { rightLabels } from "../text/rights";
import classes from "./LoginPage.module.css";
import { isPerson, useSession } from "./session";

/** Shows and accepts an invite. Its code is in the URL fragment, which reaches no log. */
export default function InvitePage() {
  usePageTitle(t.invite);
  const { hash } = useLocation();
  const code = new URLSearchParams(hash.slice(1)).get("code") ?? "";
  const query = useQuery({
    queryKey: ["invite", code],
    queryFn: () => must(api.POST("/invites/lookup", { body: { code } })),
    enabled: code !== "",
    retry: false,
  });
  return (
    <main className={classes.page}>
      <Paper withBorder shadow="sm" p="xl" radius="lg" w="100%" maw={460}>
        <Stack>
          <Group gap="sm" justify="center">
            <HutchMark size={34} className={classes.mark} />
            <Title order={1} size="h2">
              Hutch
            </Title>
          </Group>
          {code === "" && <ProblemAlert error={new Error(t.theLinkIsIncompleteCopyAll)} title={t.notAValidInvite} />}
          {code !== "" && query.isPending && <Loading label={t.loadingTheInvite} />}
          {query.isError && <ProblemAlert error={query.error} title={t.couldNotOpenTheInvite} />}
          {query.data && <Invite code={code} invite={query.data} />}
        </Stack>
      </Paper>
    </main>
  );
}

function Invite({ code, invite }: { code: string; invite: Schemas["InviteInfo"] }) {
  const { me, isLoading, refresh } = useSession();
  const navigate = useNavigate();
  const work = useWork();
  const accept = (account: { user?: string; password?: string }) =>
    work.run(async () => {
      const taken = await must(api.POST("/invites/accept", { body: { code, ...account } }));
      await refresh();
      const [kind, id] = taken.target.split(":");
      navigate(kind === "dataset" ? `/datasets/${id}` : "/groups", { replace: true });
    });
  if (isLoading) return <Loading />;
  return (
    <Stack>
      <Text ta="center">
        <Name>{invite.by}</Name>
        {t.invitesYou}
        {invite.target.startsWith("dataset:") ? t.theDataset : t.theGroup}{" "}
        <b>
          <Name wrap>{invite.name}</Name>
        </b>
      </Text>
      {invite.note && (
        <Text size="sm" c="dimmed" ta="center">
          “<Name wrap>{invite.note}</Name>”
        </Text>
      )}
      <Text size="sm" c="dimmed" ta="center">
        {t.access}
        {rightLabels[invite.right]?.toLowerCase() ?? invite.right}
        {t.expires}
        <Time value={invite.expires} />
      </Text>
      <ProblemAlert error={work.error} title={t.couldNotAcceptTheInvite} />
      {!invite.open && (
        <Alert color="yellow" variant="light" title={t.thisInviteIsNoLongerValid} icon={<WarningIcon />}>
          {t.itHasExpiredBeenRevoked}
          <Name>{invite.by}</Name>
          {t.forANewOne}
        </Alert>
      )}
      {!invite.open ? null : isPerson(me) ? (
        <Button onClick={() => accept({})} loading={work.isBusy} size="md">
          {t.acceptAs}
          {me?.user}
        </Button>
      ) : (
        <Newcomer code={code} isBusy={work.isBusy} onAccept={accept} />
      )}
    </Stack>
  );
}

function Newcomer({
  code,
  isBusy,
  onAccept,
}: {
  code: string;
  isBusy: boolean;
  onAccept: (account: { user: string; password: string }) => void;
}) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAccept({ user: user.trim(), password });
  };
  return (
    <Stack>
      <Button component={Link} to={`/login?return=${encodeURIComponent(`/invite#code=${code}`)}`} size="md">
        {t.logInToAccept}
      </Button>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" fw={600}>
            {t.noAccountCreateOne}
          </Text>
          <TextInput
            label={t.username}
            autoComplete="username"
            autoCapitalize="none"
            required
            value={user}
            onChange={(e) => setUser(e.currentTarget.value)}
          />
          <PasswordInput
            label={t.password}
            autoComplete="new-password"
            required
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={isBusy}>
            {t.createAccountAndAccept}
          </Button>
        </Stack>
      </form>
    </Stack>
  );
}
