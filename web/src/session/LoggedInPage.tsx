import { Paper, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { usePageTitle } from "../components/usePageTitle";
import { session as t } from "../messages/en";
import classes from "./LoginPage.module.css";
import { useSession } from "./session";

/** The end of a login in a separate window: the page that opened it continues, and this window closes. */
export default function LoggedInPage() {
  usePageTitle(t.loggedIn);
  const { me } = useSession();
  useEffect(() => {
    if (me) window.close();
  }, [me]);
  return (
    <main className={classes.page}>
      <Paper withBorder shadow="sm" p="xl" radius="lg" w="100%" maw={420} ta="center">
        <Title order={1} size="h3">
          {me ? t.youAreLogged : t.oneMoment}
        </Title>
        {me && <Text mt="sm">{t.youCanCloseThisWindow}</Text>}
      </Paper>
    </main>
  );
}
