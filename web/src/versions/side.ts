import type { Schemas } from "../api/client";
import type { Dataset } from "../dataset/context";

/** A version of a dataset, as one side of a comparison. */
export interface Side {
  dataset: Dataset;
  /** Undefined: the present state. */
  at: string | undefined;
  /** Its short name above a column: the version, or the dataset. */
  label: string;
  /** The label as a phrase, for readers of the screen. */
  title: string;
}

/** Whether both sides have the same bytes at a path: they differ in their times, or in what is said of them. */
export function hasEqualContent({ before, after }: Schemas["DiffLine"]): boolean {
  return (
    before != null &&
    after != null &&
    before.kind === after.kind &&
    (before.hash ?? before.target) === (after.hash ?? after.target)
  );
}
