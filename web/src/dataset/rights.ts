/** What each right allows, in words. */
export const rightWords: Record<string, string> = {
  view: "See that it exists",
  read: "Read the data",
  derive: "Derive from it",
  write: "Change files",
  manage: "Manage",
};

/** The rights as choices. */
export const rightChoices = Object.entries(rightWords).map(([value, label]) => ({ value, label }));

/** How long something counts, in seconds. */
export const lifeChoices = [
  { value: String(3600), label: "1 hour" },
  { value: String(86_400), label: "1 day" },
  { value: String(7 * 86_400), label: "7 days" },
  { value: String(30 * 86_400), label: "30 days" },
  { value: String(365 * 86_400), label: "1 year" },
];
