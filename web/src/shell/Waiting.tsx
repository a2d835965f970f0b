import { Paper, Text } from "@mantine/core";
import { useEffect, useState, useSyncExternalStore } from "react";
import { onWaiting, requestsWaiting } from "../api/reaching";
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
        <aside aria-label="Connection">
          <div className={classes.line} role="progressbar" aria-label="Waiting for the server" />
        </aside>
      )}
      <div role="status" className={classes.words}>
        {isLong && (
          <Paper withBorder shadow="md" px="md" py="xs">
            <Text size="sm">The server is slow to answer. Still waiting…</Text>
          </Paper>
        )}
      </div>
    </>
  );
}
