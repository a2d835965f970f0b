import { text as t } from "../messages/en";

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** 0 B, 999 B, 1.50 kB, 12.0 GB. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "–";
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  // Three digits, as on the command line.
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** The language of numbers, dates and the order of names. */
export const locale = t.locale;
const numbers = new Intl.NumberFormat(locale);

/** 1 000 000, with narrow spaces. */
export function formatCount(count: number | null | undefined): string {
  return count === null || count === undefined ? "–" : numbers.format(count).replaceAll(",", "\u202f");
}

const rules = new Intl.PluralRules(locale);
const cases = ["zero", "one", "two", "few", "many", "other"].filter((each) =>
  rules.resolvedOptions().pluralCategories.some((category) => category === each),
);

/**
 * "1 file", "2 files".
 * @param forms The forms of a noun in the plural cases of the language: `file|files`.
 */
export function plural(count: number, forms: string): string {
  return `${formatCount(count)} ${forms.split("|")[cases.indexOf(rules.select(count))]}`;
}

/** 8 s, 3 min, 2 h. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return t.minutes(Math.round(seconds / 60));
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return t.days(Math.round(seconds / 86400));
}

const hours = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });

/** 0.003, 12.5, 1 200. */
export function formatHours(value: number): string {
  return hours.format(value).replaceAll(",", "\u202f");
}

/** The processor time of an owner's programs: 12.5, 12.5 of 100, 12.5 of 100 this month. */
export function formatCoreHours(owner: {
  coreHours?: number;
  coreHoursThisMonth?: number;
  budgetCoreHours?: number;
  budgetMonthly?: boolean;
}): string {
  const { coreHours = 0, coreHoursThisMonth = 0, budgetCoreHours: budget } = owner;
  if (budget === undefined) return formatHours(coreHours);
  return owner.budgetMonthly
    ? t.coreHoursThisMonth(formatHours(coreHoursThisMonth), formatHours(budget))
    : t.coreHours(formatHours(coreHours), formatHours(budget));
}

/** How many come in a second: 0, 2.5, 480. */
export function formatRate(perSecond: number): string {
  return perSecond < 0.05 ? "0" : perSecond < 9.95 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond));
}

const steps: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [3600, "minute"],
  [86400, "hour"],
  [86400 * 30, "day"],
  [86400 * 365, "month"],
  [Number.POSITIVE_INFINITY, "year"],
];
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** "3 minutes ago", "in 7 days". */
export function formatRelative(time: Date, now: Date): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  let size = 1;
  for (const [limit, unit] of steps) {
    if (Math.abs(seconds) < limit) return relative.format(Math.round(seconds / size), unit);
    size = limit;
  }
  return time.toISOString();
}

/** Date and time in the time zone of the browser. */
export function formatTime(time: Date): string {
  return time.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** From nanoseconds since 1970, the unit of entries. */
export function fromNanoseconds(nanoseconds: number): Date {
  return new Date(nanoseconds / 1e6);
}
