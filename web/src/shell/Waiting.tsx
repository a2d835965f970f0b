import { Paper, Text } from "@mantine/core";
import { useEffect, useState, useSyncExternalStore } from "react";
import { onWaiting, requestsWaiting } from "../api/reaching";
import { shell as t } from "../messages/en";
import classes from "./Waiting.module.css";

const wordsAfterMs = 5_000;

/** A line at the top while the server has not begun to answer, and words when that takes long. */
export function Waiting() {
  const isWaiting = useSyncExternalStore(onWaiting, () => requestsWaiting() > 0);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = window.setTimeout(() => setLong(true), wordsAfterMs);
    return () => {
      window.clearTimeout(timer);
      setLong(false);
    };
  }, [isWaiting]);
  return (
    <>
      {isWaiting && (
        <aside aria-label={t.connection}>
          <div className={classes.line} role="progressbar" aria-label={t.waitingForTheServer} />
        </aside>
      )}
      <div role="status" className={classes.words}>
        {isLong && (
          <Paper withBorder shadow="md" px="md" py="xs">
            <Text size="sm">{t.theServerIsSlowToAnswer}</Text>
          </Paper>
        )}
      </div>
    </>
  );
}
