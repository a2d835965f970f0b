import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Plan } from "./values/plan";
import { noDataOf } from "./values/space";
import { readVolume, type Volume } from "./values/volume";
import type { FoundArray, ZarrFile } from "./values/zarr";

/** A coarse view of what is large comes first. */
export interface Loaded {
  volume: Volume | undefined;
  /** How much of the volume that is on its way is there, 0 to 1; undefined when nothing is. */
  progress: number | undefined;
  error: unknown;
  retry: () => void;
}

/** Reads what was planned, first the coarse one, if that is another. The last one stays until the next is there. */
export function useVolume(
  file: ZarrFile,
  array: FoundArray | undefined,
  coarse: Plan | undefined,
  plan: Plan | undefined,
  version: string,
): Loaded {
  const [progress, setProgress] = useState<number>();
  const first = useRead(file, array, coarse, version);
  const whole = useRead(file, array, plan, version, setProgress);
  const found = whole.data ?? first.data;
  const [last, setLast] = useState<Volume>();
  useEffect(() => {
    if (found) setLast(found);
  }, [found]);
  return {
    volume: found ?? last,
    progress: whole.isFetching ? (progress ?? 0) : undefined,
    error: whole.error,
    retry: () => void whole.refetch(),
  };
}

function useRead(
  file: ZarrFile,
  array: FoundArray | undefined,
  plan: Plan | undefined,
  version: string,
  onProgress: (share: number) => void = () => {},
) {
  return useQuery({
    queryKey: ["volume", version, array?.path, plan?.selection],
    queryFn: ({ signal }) => {
      onProgress(0);
      const noData = noDataOf(array?.attributes ?? {});
      return readVolume(file, array?.path ?? "", plan as Plan, noData, signal, onProgress);
    },
    enabled: array !== undefined && plan !== undefined,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
}
