import { actions as t } from "../messages/en";
import { compareNames } from "./names";

const labels: Record<string, string> = t;

/** The label of an action of the audit log; unknown actions are shown as they are. */
export function describeAction(action: string): string {
  return labels[action] ?? action;
}

/** The actions as options, in the order of their words. */
export const actionChoices = Object.entries(labels)
  .map(([value, label]) => ({ value, label }))
  .sort((a, b) => compareNames(a.label, b.label));
