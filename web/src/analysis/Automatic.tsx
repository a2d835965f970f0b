import { Stack, Switch, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, done } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import type { Dataset } from "../dataset/context";
import type { Program } from "../dataset/usePrograms";
import { analysis as t } from "../messages/en";
import { given, type Values } from "./parameters";

interface AutomaticProps {
  dataset: Dataset;
  programs: Program[];
  /** What was put into the fields of each program: its starts use it. */
  values: Record<string, Values>;
}

/** Switches for programs that start by themselves: on this dataset, and on all datasets of the user. */
export function Automatic({ dataset, programs, values }: AutomaticProps) {
  const own = programs.filter((program) => program.when && program.mayStart);
  if (own.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-label={t.startByItself}>
      <Text fw={600} size="sm" component="h2">
        {t.startByItself}
      </Text>
      {own.map((program) => (
        <ProgramSwitches key={program.name} dataset={dataset} program={program} values={values[program.name] ?? {}} />
      ))}
    </Stack>
  );
}

function ProgramSwitches({ dataset, program, values }: { dataset: Dataset; program: Program; values: Values }) {
  const queries = useQueryClient();
  const work = useWork();
  const turn = (isOn: boolean, id?: string) =>
    work.run(async () => {
      const params = { params: { path: { name: program.name } } };
      const what = id ? { dataset: id } : {};
      await done(
        isOn
          ? api.POST("/programs/{name}/enable", { ...params, body: { ...what, parameters: given(program, values) } })
          : api.POST("/programs/{name}/disable", { ...params, body: what }),
      );
      await queries.invalidateQueries({ queryKey: ["programs"] });
    });
  const isHere = program.onFor?.includes(dataset.id) ?? false;
  return (
    <Stack gap={6}>
      <Text size="sm">
        <b>{program.title}</b>: {ruleOf(program)}
      </Text>
      {program.waits && (
        <Text size="sm" c="dimmed" role="status">
          <Name wrap>{program.waits}</Name>
        </Text>
      )}
      {(dataset.state === "open" || isHere) && (
        <Switch
          label={t.onThisDataset}
          aria-label={t.onThisDataset2(program.title)}
          checked={isHere}
          disabled={work.isBusy}
          onChange={(event) => turn(event.currentTarget.checked, dataset.id)}
        />
      )}
      <Switch
        label={t.onAllDatasetsThatIOwn}
        aria-label={t.onAllDatasetsThatIOwn2(program.title)}
        checked={program.onForAll === true}
        disabled={work.isBusy}
        onChange={(event) => turn(event.currentTarget.checked)}
      />
      <ProblemAlert error={work.error} title={t.couldNotSwitch} />
    </Stack>
  );
}

const after = "after ";

function ruleOf({ when }: Program): string {
  if (when?.startsWith(after)) return t.startsAfterAProgram(when.slice(after.length));
  return when === "closed" ? t.startsWhenTheDatasetIsClosed : t.startsWhenThereAre(when);
}
