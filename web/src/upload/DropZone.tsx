import type { ReactNode } from "react";
import type { Dataset } from "../dataset/context";

export function DropZone({ children }: { dataset: Dataset; folder: string; enabled: boolean; children: ReactNode }) {
  return <>{children}</>;
}
