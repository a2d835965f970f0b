/** A day in the time zone of the reader, as 2026-11-22. */
export function dayOf(time: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** The weeks of a month, from Monday to Sunday, with the days of its neighbours that complete them. */
export function weeksOf(year: number, month: number): Date[][] {
  const first = new Date(year, month, 1);
  const start = 1 - ((first.getDay() + 6) % 7);
  const days = new Date(year, month + 1, 0).getDate();
  const weeks: Date[][] = [];
  for (let monday = start; monday <= days; monday += 7)
    weeks.push(Array.from({ length: 7 }, (_, day) => new Date(year, month, monday + day)));
  return weeks;
}

/** What ends on which day; what stays for ever is left out. */
export function byLastDay<T extends { keepUntil?: string | null }>(folders: T[]): Map<string, T[]> {
  const days = new Map<string, T[]>();
  for (const folder of folders) {
    if (!folder.keepUntil) continue;
    const day = dayOf(new Date(folder.keepUntil));
    const others = days.get(day);
    if (others) others.push(folder);
    else days.set(day, [folder]);
  }
  return days;
}
