import {
  ActionIcon,
  Button,
  Group,
  Paper,
  Stack,
  Table,
  Text,
  Title,
  UnstyledButton,
  VisuallyHidden,
} from "@mantine/core";
import { useMemo, useState } from "react";
import { ChevronLeftIcon, ChevronRightIcon } from "../components/icons";
import { Quiet } from "../components/Section";
import { formatCount, plural } from "../text/format";
import { visibleText } from "../text/visible";
import { byLastDay, dayOf, weeksOf } from "./calendar";
import classes from "./EndCalendar.module.css";
import { FolderTable } from "./FolderTable";
import { type Folder, splitPath } from "./folders";

const namesShown = 2;
const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const monthName = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" });
const dayName = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** The days of a month, and the folders whose time at the facility ends on them. A click on a day lists them. */
export function EndCalendar({ folders }: { folders: Folder[] }) {
  const today = dayOf(new Date());
  const [month, setMonth] = useState(() => firstOfMonth(new Date()));
  const [chosen, setChosen] = useState<string>();
  const days = useMemo(() => byLastDay(folders), [folders]);
  const go = (by: number) => {
    setMonth(new Date(month.getFullYear(), month.getMonth() + by, 1));
    setChosen(undefined);
  };
  const ending = chosen === undefined ? undefined : days.get(chosen);
  return (
    <Stack>
      <Group gap="xs">
        <ActionIcon variant="default" size="lg" aria-label="Month before" onClick={() => go(-1)}>
          <ChevronLeftIcon />
        </ActionIcon>
        <ActionIcon variant="default" size="lg" aria-label="Month after" onClick={() => go(1)}>
          <ChevronRightIcon />
        </ActionIcon>
        <Button variant="default" size="sm" onClick={() => setMonth(firstOfMonth(new Date()))}>
          This month
        </Button>
        <Title order={2} size="h4" aria-live="polite">
          {monthName.format(month)}
        </Title>
      </Group>
      <Paper withBorder style={{ overflow: "hidden" }}>
        <Table aria-label="What ends when" className={classes.month} highlightOnHover={false} withColumnBorders>
          <Table.Thead>
            <Table.Tr>
              {weekdays.map((name) => (
                <Table.Th key={name} scope="col">
                  <span aria-hidden>{name.slice(0, 3)}</span>
                  <VisuallyHidden>{name}</VisuallyHidden>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {weeksOf(month.getFullYear(), month.getMonth()).map((week) => (
              <Table.Tr key={dayOf(week[0] as Date)}>
                {week.map((date) => {
                  const day = dayOf(date);
                  return (
                    <Table.Td
                      key={day}
                      className={date.getMonth() === month.getMonth() ? undefined : classes.neighbour}
                      aria-current={day === today ? "date" : undefined}
                    >
                      <Day
                        date={date}
                        ending={days.get(day) ?? []}
                        isChosen={day === chosen}
                        onChoose={() => setChosen(day === chosen ? undefined : day)}
                      />
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
      {ending ? (
        <FolderTable label={`Ending on ${chosen}`} folders={ending} />
      ) : (
        <Quiet>
          {days.size === 0 ? "No end is set for any of these folders." : "Choose a day to see its folders."}
        </Quiet>
      )}
    </Stack>
  );
}

interface DayProps {
  date: Date;
  ending: Folder[];
  isChosen: boolean;
  onChoose: () => void;
}

function Day({ date, ending, isChosen, onChoose }: DayProps) {
  if (ending.length === 0) return <span className={classes.number}>{date.getDate()}</span>;
  return (
    <UnstyledButton
      className={classes.day}
      aria-pressed={isChosen}
      aria-label={`${dayName.format(date)}: ${plural(ending.length, "folder")}`}
      onClick={onChoose}
    >
      <span className={classes.number}>{date.getDate()}</span>
      <span className={classes.count}>{formatCount(ending.length)}</span>
      <span className={classes.names}>
        {ending.slice(0, namesShown).map(({ folder }) => (
          <Text key={folder} size="xs" truncate component="span" display="block">
            {visibleText(splitPath(folder).name)}
          </Text>
        ))}
        {ending.length > namesShown && (
          <Text size="xs" c="dimmed" component="span" display="block">
            and {formatCount(ending.length - namesShown)} more
          </Text>
        )}
      </span>
    </UnstyledButton>
  );
}

function firstOfMonth(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), 1);
}
