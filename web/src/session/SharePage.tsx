import { Alert, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { HutchMark } from "../components/icons";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { session as t } from "../messages/en";
import classes from "./LoginPage.module.css";
import { loginWithShare } from "./loginCalls";
import { useSession } from "./session";

/** Opens a share link. Its secret is in the URL fragment, which reaches no log. */
export default function SharePage() {
  usePageTitle(t.sharedDataset);
  const { me, isLoading, refresh } = useSession();
  const navigate = useNavigate();
  const token = useLocation().hash.slice(1);
  const work = useWork();
  const [isAsked, setAsked] = useState(false);
  const started = useRef(false);
  const isPerson = me !== null && me.session?.user !== undefined;

  const open = () => {
    started.current = true;
    return work.run(async () => {
      const session = await loginWithShare(token);
      await refresh();
      if (session.instrument)
        return navigate(`/instruments/${encodeURIComponent(session.instrument)}?kiosk`, { replace: true });
      navigate(session.dataset ? `/datasets/${session.dataset}` : "/", { replace: true });
    });
  };

  // Logged-in users are asked first, because the link's session replaces theirs.
  // biome-ignore lint/correctness/useExhaustiveDependencies: opens once
  useEffect(() => {
    if (isLoading || started.current || token === "") return;
    if (isPerson && !isAsked) setAsked(true);
    else if (!isPerson) void open();
  }, [isLoading, isPerson, token]);

  return (
    <main className={classes.page}>
      <Paper withBorder shadow="sm" p="xl" radius="lg" w="100%" maw={420}>
        <Stack>
          <Group gap="sm" justify="center">
            <HutchMark size={34} className={classes.mark} />
            <Title order={1} size="h2">
              Hutch
            </Title>
          </Group>
          {token === "" && <Alert color="yellow">{t.theLinkIsIncompleteCopyAll}</Alert>}
          <ProblemAlert error={work.error} title={t.couldNotOpenTheLink} />
          {isAsked && work.error === undefined && (
            <>
              <Text size="sm">{t.openingThisLinkLogsYouOut}</Text>
              <Button onClick={open}>{t.openLink}</Button>
              <Button variant="default" onClick={() => navigate("/")}>
                {t.stayLogged}
              </Button>
            </>
          )}
          {!isAsked && token !== "" && work.error === undefined && <Loading label={t.openingTheLink} />}
        </Stack>
      </Paper>
    </main>
  );
}
