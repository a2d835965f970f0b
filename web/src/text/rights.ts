/** Labels of the rights. */
export const rightLabels: Record<string, string> = {
  view: "View metadata",
  read: "Read data",
  derive: "Derive datasets",
  write: "Write data",
  manage: "Manage",
};

/** The rights as options. */
export const rightChoices = Object.entries(rightLabels).map(([value, label]) => ({ value, label }));
