import { Anchor, Button, Divider, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, Navigate, useLocation, useNavigate, useSearchParams } from "react-router";
import { portalRoot } from "../api/base";
import { HutchMark } from "../components/icons";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { session as t } from "../messages/en";
import { AtZone } from "./AtZone";
import classes from "./LoginPage.module.css";
import { loginMethods, loginWithCode, loginWithPassword, loginWithToken, requestReset } from "./loginCalls";
import { ProviderButtons } from "./ProviderButtons";
import { useSession } from "./session";
import { useZonePortal } from "./useSiteName";

/** Where to go after login: only within the portal. */
function safeReturn(path: string | null): string {
  return path?.startsWith("/") && !path.startsWith("//") && !path.startsWith("/\\") && !path.startsWith("/login")
    ? path
    : "/";
}

/** The zone's address for logins at its sites: not a page of the portal, but a redirect of the server. */
const authorize = "/api/v1/login/authorize?";

const redirectErrors: Record<string, string> = {
  "provider-unavailable": t.theIdentityProviderIsNotResponding,
  unavailable: t.theZoneIsNotRespondingTry,
  "login-invalid": t.theAnswerWasInvalid,
  "login-refused": t.theLoginWasRefusedOrCancelled,
  "not-found": t.youHaveNoAccount,
  "too-many-requests": t.tooManyAttemptsWaitAMoment,
};

export default function LoginPage() {
  usePageTitle(t.logIn);
  const { me, isLoading } = useSession();
  const [search] = useSearchParams();
  const { hash } = useLocation();
  const target = safeReturn(search.get("return"));
  const code = new URLSearchParams(hash.slice(1)).get("code");
  if (me && !code) return target.startsWith(authorize) ? <ToServer path={target} /> : <Navigate to={target} replace />;
  return (
    <main className={classes.page}>
      <Paper withBorder shadow="sm" p="xl" radius="lg" w="100%" maw={420}>
        <Group gap="sm" mb="lg" justify="center">
          <HutchMark size={34} className={classes.mark} />
          <Title order={1} size="h2">
            Hutch
          </Title>
        </Group>
        {code ? (
          <AtZone>
            <LinkLogin code={code} target={target} />
          </AtZone>
        ) : (
          !isLoading && <PasswordLogin target={target} error={search.get("error")} />
        )}
      </Paper>
    </main>
  );
}

/** Leaves the portal for an address of the server. */
function ToServer({ path }: { path: string }) {
  useEffect(() => window.location.replace(portalRoot + path.slice(1)), [path]);
  return <Loading />;
}

/** A one-time login link. It takes a click, so that a mail scanner that opens the link does not use it up. */
function LinkLogin({ code, target }: { code: string; target: string }) {
  const { refresh } = useSession();
  const navigate = useNavigate();
  const work = useWork();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);

  const login = () =>
    work.run(async () => {
      const session = await loginWithCode(code);
      await refresh();
      navigate(session.mustSetPassword ? "/profile?welcome=1" : target, { replace: true });
    });

  return (
    <Stack>
      <Text ta="center">{t.thisOneTimeLinkLogs}</Text>
      <ProblemAlert error={work.error} title={t.couldNotLog} />
      <Button ref={button} onClick={login} loading={work.isBusy} fullWidth size="md">
        {t.logIn}
      </Button>
      {work.error !== undefined && (
        <Anchor href={`${portalRoot}login`} ta="center" size="sm">
          {t.logInAnotherWay}
        </Anchor>
      )}
    </Stack>
  );
}

function PasswordLogin({ target, error: redirectError }: { target: string; error: string | null }) {
  const { refresh } = useSession();
  const navigate = useNavigate();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const work = useWork(
    redirectError ? new Error(redirectErrors[redirectError] ?? t.theLoginFailed(redirectError)) : undefined,
  );
  const [mailed, setMailed] = useState(false);
  const methods = useQuery({ queryKey: ["login-methods"], queryFn: loginMethods, staleTime: 60_000 });

  const providers = methods.data?.oidc ?? [];
  const zone = useZonePortal();
  const hasPassword = methods.data?.password !== false;

  const login = work.onSubmit(async () => {
    const session = await loginWithPassword(user.trim(), password);
    await refresh();
    // This page opens the target itself once the user is known.
    if (session.mustSetPassword) navigate("/profile?welcome=1", { replace: true });
  });

  const reset = () =>
    work.run(async () => {
      await requestReset(user.trim());
      setMailed(true);
    });

  return (
    <Stack>
      <ProblemAlert error={work.error} title={t.loginFailed} advice={{ unauthenticated: "" }} />
      {methods.isError && (
        <ProblemAlert error={methods.error} title={t.theServerIsNotResponding} onRetry={() => methods.refetch()} />
      )}
      {hasPassword && (
        <form onSubmit={login}>
          <Stack gap="sm">
            <TextInput
              label={t.username}
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              required
              value={user}
              onChange={(e) => setUser(e.currentTarget.value)}
              data-autofocus
            />
            <PasswordInput
              label={t.password}
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(e) => setPassword(e.currentTarget.value)}
            />
            <Button type="submit" loading={work.isBusy} fullWidth mt="xs">
              {t.logIn}
            </Button>
          </Stack>
        </form>
      )}
      {methods.data?.mail &&
        (mailed ? (
          <Text size="sm" c="dimmed" role="status">
            {t.ifTheAccountExistsALogin}
          </Text>
        ) : (
          <Anchor component="button" type="button" size="sm" onClick={reset} disabled={user.trim() === ""}>
            {t.emailMeALoginLink}
          </Anchor>
        ))}
      {providers.length > 0 && hasPassword && <Divider label="or" />}
      <ProviderButtons providers={providers} target={target} />
      {!zone && (
        <>
          <Divider label="or" />
          <TokenLogin />
          <Text size="xs" c="dimmed" ta="center">
            {t.noAccountOrForgotYourPassword}
          </Text>
        </>
      )}
      <Anchor component={Link} to="/" size="sm" ta="center">
        {t.publicDatasets}
      </Anchor>
    </Stack>
  );
}

/** For people who got a token for the command line, and nothing else. The login page opens its target afterwards. */
function TokenLogin() {
  const { refresh } = useSession();
  const [token, setToken] = useState("");
  const [isShown, setShown] = useState(false);
  const work = useWork();

  const login = work.onSubmit(async () => {
    await loginWithToken(token.trim());
    await refresh();
  });

  if (!isShown) {
    return (
      <Anchor component="button" type="button" size="sm" onClick={() => setShown(true)}>
        {t.useATokenInstead}
      </Anchor>
    );
  }
  return (
    <form onSubmit={login}>
      <Stack gap="sm">
        <ProblemAlert error={work.error} title={t.loginFailed} advice={{ unauthenticated: "" }} />
        <PasswordInput
          label={t.token}
          description={t.theOneForTheCommandLine}
          name="token"
          autoComplete="off"
          required
          value={token}
          onChange={(e) => setToken(e.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit" variant="default" loading={work.isBusy} fullWidth>
          {t.useTheToken}
        </Button>
      </Stack>
    </form>
  );
}
