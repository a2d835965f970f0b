import { usePrograms } from "../dataset/usePrograms";
import { useSteps } from "./useSteps";

/** Names what runs carry out for people: the title of a step or of a program; undefined for what the server does not know. */
export function useTitles(): (run: { program: string }) => string | undefined {
  const steps = useSteps();
  const programs = usePrograms();
  return ({ program }) =>
    steps.data?.items.find((step) => step.program === program)?.title ??
    programs.data?.items.find(({ name }) => name === program)?.title;
}
