import { Paper, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { describeAction } from "../text/actions";
import { describeDetail } from "../text/details";
import classes from "./Events.module.css";
import { Name } from "./Name";
import { Time } from "./Time";

/** An event of the audit log or a dataset. */
export interface Event {
  key: string | number;
  time: string;
  /** Absent for the server itself. */
  user?: string | null;
  action: string;
  detail?: string | null;
  /** Where it is not clear from the page. */
  target?: ReactNode;
}

/** A list of events, newest first. */
export function Events({ label, events }: { label: string; events: Event[] }) {
  return (
    <Paper withBorder>
      <ol className={classes.list} aria-label={label}>
        {events.map(({ key, time, user, action, detail, target }) => {
          const description = detail && describeDetail(action, detail);
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
                {description && (
                  <Text size="xs" c="dimmed">
                    <Name wrap>{description}</Name>
                  </Text>
                )}
              </div>
              <div className={classes.who}>{user ? <Name>{user}</Name> : "system"}</div>
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
