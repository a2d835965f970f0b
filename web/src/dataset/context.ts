import type { Schemas } from "../api/client";

export type Dataset = Schemas["DatasetInfo"];

/** Shared with the tabs of a dataset. */
export interface DatasetContext {
  dataset: Dataset;
  canWrite: boolean;
  canManage: boolean;
  refresh: () => Promise<void>;
}

const order = ["view", "read", "derive", "write", "manage"];

/** Whether the user has at least this right. */
export function hasRight(dataset: Dataset, right: string): boolean {
  return order.indexOf(dataset.yourRight ?? "") >= order.indexOf(right);
}
