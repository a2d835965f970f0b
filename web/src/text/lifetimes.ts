/** Lifetimes in seconds, as options. */
export const lifeChoices = [
  { value: String(3600), label: "1 hour" },
  { value: String(86_400), label: "1 day" },
  { value: String(7 * 86_400), label: "7 days" },
  { value: String(30 * 86_400), label: "30 days" },
  { value: String(365 * 86_400), label: "1 year" },
];
