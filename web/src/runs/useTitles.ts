import { useCallback } from "react";
import { usePrograms } from "../dataset/usePrograms";
import { useSteps } from "./useSteps";

/** Names what a run carries out for people: the title of a step or of a program; undefined for what the server does not know. */
export type Titles = (run: { program: string }) => string | undefined;

/** The titles of all steps and programs that the server knows. */
export function useTitles(): Titles {
  const steps = useSteps().data?.items;
  const programs = usePrograms().data?.items;
  return useCallback(
    ({ program }) =>
      steps?.find((step) => step.program === program)?.title ?? programs?.find(({ name }) => name === program)?.title,
    [steps, programs],
  );
}
