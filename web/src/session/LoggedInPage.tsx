import { Paper, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { usePageTitle } from "../components/usePageTitle";
import classes from "./LoginPage.module.css";
import { useSession } from "./session";

/** The end of a login in a separate window: the page that opened it continues, and this window closes. */
export default function LoggedInPage() {
  usePageTitle("Logged in");
  const { me } = useSession();
  useEffect(() => {
    if (me) window.close();
  }, [me]);
  return (
    <main className={classes.page}>
      <Paper withBorder shadow="sm" p="xl" radius="lg" w="100%" maw={420} ta="center">
        <Title order={1} size="h3">
          {me ? "You are logged in" : "One moment…"}
        </Title>
        {me && <Text mt="sm">You can close this window.</Text>}
      </Paper>
    </main>
  );
}
