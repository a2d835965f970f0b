import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import { fileSource } from "./source";
import type { ViewerProps } from "./viewer";

/** What a viewer gets of a file. */
export function useFile({
  dataset,
  at,
  entry,
}: Pick<ViewerProps, "dataset" | "at" | "entry">): Omit<ViewerProps, "decline"> {
  const theme = useComputedColorScheme("light");
  const source = useMemo(() => fileSource(dataset.id, entry.path, at), [dataset.id, entry.path, at]);
  return { dataset, at, entry, source, theme, name: entry.path.slice(entry.path.lastIndexOf("/") + 1) };
}
