import { Paper, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { describeAction } from "../text/actions";
import { describeDetail } from "../text/details";
import classes from "./Events.module.css";
import { Name } from "./Name";
import { Time } from "./Time";

/** Something that was done. */
export interface Event {
  key: string | number;
  time: string;
  /** By whom; absent for the server itself. */
  user?: string | null;
  action: string;
  detail?: string | null;
  /** To what, where it is not plain from the page. */
  target?: ReactNode;
}

/** What was done, newest first. */
export function Events({ label, events }: { label: string; events: Event[] }) {
  return (
    <Paper withBorder>
      <ol className={classes.list} aria-label={label}>
        {events.map(({ key, time, user, action, detail, target }) => {
          const words = detail && describeDetail(action, detail);
          return (
            <li key={key} className={classes.event}>
              <div className={classes.what}>
                <Text span size="sm" fw={550}>
                  {describeAction(action)}
                </Text>
                {target && (
                  <Text span size="sm">
                    {" "}
                    {target}
                  </Text>
                )}
                {words && (
                  <Text size="xs" c="dimmed">
                    <Name wrap>{words}</Name>
                  </Text>
                )}
              </div>
              <div className={classes.who}>{user ? <Name>{user}</Name> : "the server"}</div>
              <div className={classes.when}>
                <Time value={time} />
              </div>
            </li>
          );
        })}
      </ol>
    </Paper>
  );
}
