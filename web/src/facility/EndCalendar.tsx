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
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ChevronLeftIcon, ChevronRightIcon } from "../components/icons";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet } from "../components/Section";
import { facility as t } from "../messages/en";
import { formatCount, locale, plural } from "../text/format";
import { visibleText } from "../text/visible";
import { byLastDay, dayOf, weeksOf } from "./calendar";
import classes from "./EndCalendar.module.css";
import { FolderTable } from "./FolderTable";
import { type Folder, splitPath, type Wanted } from "./folders";
import { loadEnding } from "./loadFacility";

const namesShown = 2;
const renewMs = 10_000;
const weekdays = [t.monday, t.tuesday, t.wednesday, t.thursday, t.friday, t.saturday, t.sunday];
const monthName = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" });
const dayName = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });

/** The days of a month, and the folders whose time at the facility ends on them. A click on a day lists them. */
export function EndCalendar({ wanted }: { wanted: Wanted }) {
  const today = dayOf(new Date());
  const [month, setMonth] = useState(() => firstOfMonth(new Date()));
  const [chosen, setChosen] = useState<string>();
  const weeks = weeksOf(month.getFullYear(), month.getMonth());
  const query = useQuery({
    queryKey: ["facility-ends", wanted.state, wanted.text, dayOf(month)],
    queryFn: ({ signal }) => loadEnding(wanted, weeks[0]?.[0] as Date, dayAfter(weeks.at(-1)?.[6] as Date), signal),
    placeholderData: keepPreviousData,
    refetchInterval: renewMs,
  });
  const days = useMemo(() => byLastDay(query.data?.folders ?? []), [query.data]);
  const go = (by: number) => {
    setMonth(new Date(month.getFullYear(), month.getMonth() + by, 1));
    setChosen(undefined);
  };
  const ending = chosen === undefined ? undefined : days.get(chosen);
  return (
    <Stack>
      <Group gap="xs">
        <ActionIcon variant="default" size="lg" aria-label={t.monthBefore} onClick={() => go(-1)}>
          <ChevronLeftIcon />
        </ActionIcon>
        <ActionIcon variant="default" size="lg" aria-label={t.monthAfter} onClick={() => go(1)}>
          <ChevronRightIcon />
        </ActionIcon>
        <Button variant="default" size="sm" onClick={() => setMonth(firstOfMonth(new Date()))}>
          {t.thisMonth}
        </Button>
        <Title order={2} size="h4" aria-live="polite">
          {monthName.format(month)}
        </Title>
      </Group>
      <Paper withBorder style={{ overflow: "hidden" }}>
        <Table aria-label={t.whatEndsWhen} className={classes.month} highlightOnHover={false} withColumnBorders>
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
            {weeks.map((week) => (
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
        <FolderTable label={t.endingOn(chosen)} folders={ending} count={ending.length} />
      ) : (
        <Quiet>{days.size === 0 ? t.nothingEndsOnTheseDays : t.chooseADayToSee}</Quiet>
      )}
      {query.data?.isCut && <Quiet>{t.theseAreTheFirstFolders(formatCount(query.data.folders.length))}</Quiet>}
      <ProblemAlert error={query.error} title={t.couldNotLoadTheFolders} onRetry={() => query.refetch()} />
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
      aria-label={`${dayName.format(date)}: ${plural(ending.length, t.countFolders)}`}
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
            {t.andMore(formatCount(ending.length - namesShown))}
          </Text>
        )}
      </span>
    </UnstyledButton>
  );
}

function dayAfter(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
}

function firstOfMonth(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), 1);
}
