import { text as t } from "../messages/en";

/** Labels of the rights. */
export const rightLabels: Record<string, string> = {
  view: t.viewMetadata,
  read: t.readData,
  derive: t.deriveDatasets,
  write: t.writeData,
  manage: t.manage,
};

/** The rights as options. */
export const rightChoices = Object.entries(rightLabels).map(([value, label]) => ({ value, label }));

const order = Object.keys(rightLabels);

/** Whether the user has at least this right. */
export function hasRight(dataset: { yourRight?: string | null }, right: string): boolean {
  return order.indexOf(dataset.yourRight ?? "") >= order.indexOf(right);
}
