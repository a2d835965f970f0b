import type { Dataset } from "../dataset/context";

/** Two datasets that are compared, which may be one and the same. */
export interface Pair {
  left: Dataset;
  right: Dataset;
  /** Their names; for one dataset, the sides. */
  names: Record<"left" | "right", string>;
}
