import { text as t } from "../messages/en";

/** Lifetimes in seconds, as options. */
export const lifeChoices = [
  { value: String(3600), label: t.oneHour },
  { value: String(86_400), label: t.oneDay },
  { value: String(7 * 86_400), label: t.sevenDays },
  { value: String(30 * 86_400), label: t.thirtyDays },
  { value: String(365 * 86_400), label: t.oneYear },
];
