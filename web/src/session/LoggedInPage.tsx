import { Paper, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { usePageTitle } from "../shell/usePageTitle";
import classes from "./LoginPage.module.css";
import { useSession } from "./session";

/** Where a login in a window of its own ends: the page that asked for it has heard of it, and this window goes. */
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
          {me ? "You are logged in" : "One moment …"}
        </Title>
        {me && <Text mt="sm">Close this window and go on where you were.</Text>}
      </Paper>
    </main>
  );
}
