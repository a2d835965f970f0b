import type { Schemas } from "../api/client";

export { hasRight } from "../text/rights";

export type Dataset = Schemas["DatasetInfo"];

/** Shared with the tabs of a dataset. */
export interface DatasetContext {
  dataset: Dataset;
  canWrite: boolean;
  /** Whether its files can be changed here; those in a folder of the facility come and go there. */
  canChangeFiles: boolean;
  canManage: boolean;
  refresh: () => Promise<void>;
}

/** Whether its files can be changed here by who may write. */
export function hasOwnFiles(dataset: Dataset): boolean {
  return dataset.state === "open" && dataset.inFolder !== true;
}

/** Whether it is neither in the trash nor gone. */
export function isHere({ state }: Dataset): boolean {
  return state === "open" || state === "closed";
}
