import { Alert, Anchor, Button, Collapse, Group, List, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, must } from "../api/client";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import type { ProcessDialogProps } from "../dataset/ProcessButton";
import { useCopies } from "../dataset/useCopies";
import type { Program } from "../dataset/usePrograms";
import { type FormDraft, useDraft } from "../drafts/useDraft";
import { analysis as t } from "../messages/en";
import { formatBytes, formatSeconds, plural } from "../text/format";
import { Automatic } from "./Automatic";
import { ParameterFields } from "./ParameterFields";
import { given, type Values } from "./parameters";
import classes from "./StartDialog.module.css";

interface Typed {
  program: string;
  /** The names of datasets for further inputs of each program. */
  inputs: Record<string, Record<string, string>>;
  /** What was put into the fields of each program. */
  values: Record<string, Values>;
  output: string;
  /** The site where it runs; empty for the one that is asked. */
  site?: string;
}

const nothing: Typed = { program: "", values: {}, inputs: {}, output: "" };

/** Starts a program of the site on a dataset. The server says which programs fit, and why others do not. */
export default function ProcessDialog({ context: { dataset }, onClose }: ProcessDialogProps) {
  const draft = useDraft<Typed>(`process.${dataset.id}`, nothing);
  const query = useQuery({
    queryKey: ["programs", dataset.id],
    queryFn: () => must(api.GET("/programs", { params: { query: { dataset: dataset.id } } })),
  });
  const programs = query.data?.items ?? [];
  const fitting = programs.filter((program) => !program.misfit);
  return (
    <Modal opened onClose={onClose} title={t.processThisDataset} centered closeButtonProps={{ "aria-label": t.close }}>
      <Stack>
        {query.isPending && <Loading label={t.loadingThePrograms} />}
        <ProblemAlert error={query.error} title={t.couldNotLoadThePrograms} onRetry={() => query.refetch()} />
        {query.data && fitting.length === 0 && (
          <Alert variant="light" color="gray">
            {t.noProgramOfThisSiteFits}
          </Alert>
        )}
        {fitting.length > 0 && <StartForm dataset={dataset} programs={fitting} draft={draft} onClose={onClose} />}
        <Misfits programs={programs.filter((program) => program.misfit)} isShown={fitting.length === 0} />
        <Automatic dataset={dataset} programs={programs} values={draft.value.values} />
      </Stack>
    </Modal>
  );
}

interface StartFormProps extends Pick<ProcessDialogProps, "onClose"> {
  dataset: ProcessDialogProps["context"]["dataset"];
  programs: Program[];
  draft: FormDraft<Typed>;
}

function StartForm({ dataset, programs, draft, onClose }: StartFormProps) {
  const work = useWork();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const copies = useCopies(dataset, true).copies.data;
  const sites = copies
    ? [...new Set([copies.home, ...copies.items.map(({ site }) => site), ...(copies.others ?? [])])]
    : [];
  const program = programs.find(({ name }) => name === draft.value.program) ?? programs[0];
  if (!program) return null;
  const values = draft.value.values[program.name] ?? {};
  const inputs = draft.value.inputs?.[program.name] ?? {};
  // A document that names a site decides.
  const isFree = !program.site || program.site === "auto";
  const site = isFree && sites.length > 1 && draft.value.site ? draft.value.site : undefined;
  const start = async () => {
    const chosen: Record<string, string> = {};
    for (const { name } of program.inputs ?? []) {
      const named = inputs[name]?.trim();
      if (named)
        chosen[name] = (await must(api.GET("/datasets/resolve", { params: { query: { name: named } } }))).id as string;
    }
    const run = await must(
      api.POST("/programs/{name}/runs", {
        params: { path: { name: program.name } },
        body: {
          input: dataset.id,
          parameters: given(program, values),
          inputs: chosen,
          ...(draft.value.output.trim() ? { output: draft.value.output.trim() } : {}),
          ...(site ? { site } : {}),
        },
      }),
    );
    draft.drop();
    await queries.invalidateQueries({ queryKey: ["runs", dataset.id] });
    onClose();
    navigate(`/datasets/${dataset.id}/analysis?run=${run.id}`);
  };
  return (
    <form onSubmit={work.onSubmit(start)}>
      <Stack>
        <Select
          label={t.program}
          data={programs.map(({ name, title }) => ({ value: name, label: title }))}
          value={program.name}
          onChange={(value) => value && draft.change({ program: value })}
          allowDeselect={false}
        />
        <Text size="sm" c="dimmed" component="div">
          {program.description && <div>{program.description}</div>}
          {t.version}
          {program.version} · {plural(program.cores, t.countCores)} · {formatBytes(program.memoryBytes)}
          {t.ofMemoryForEachProcessEnds}
          {formatSeconds(program.seconds)}
          {t.atMost}
          {program.site && (
            <div>{program.site === "auto" ? t.runsWhereTheBytesAre : t.runsAtTheSite(program.site)}</div>
          )}
          {program.image && (
            <div>
              {t.runsInTheImage}
              <Name wrap>{program.image}</Name>
            </div>
          )}
        </Text>
        {(program.inputs ?? []).map((input) => (
          <TextInput
            key={`${program.name}.${input.name}`}
            label={input.title}
            description={t.theNameOfADataset(
              dataset.name.split("/")[0] ?? "",
              `${input.rule}${input.optional ? t.ifThereIsOne : ""}`,
            )}
            value={inputs[input.name] ?? ""}
            onChange={(event) =>
              draft.change({
                inputs: {
                  ...draft.value.inputs,
                  [program.name]: { ...inputs, [input.name]: event.currentTarget.value },
                },
              })
            }
          />
        ))}
        <ParameterFields
          key={program.name}
          step={program}
          values={values}
          onValues={(next) => draft.change({ values: { ...draft.value.values, [program.name]: next } })}
        />
        <TextInput
          label={t.nameOfTheResults}
          description={t.aNewDatasetOfYoursWithout}
          value={draft.value.output}
          onChange={(event) => draft.change({ output: event.currentTarget.value })}
        />
        {isFree && sites.length > 1 && (
          <Select
            label={t.site}
            data={[{ value: "auto", label: t.aSiteThatHasTheBytes }, ...sites]}
            placeholder={t.asUsual}
            value={site ?? null}
            onChange={(value) => draft.change({ site: value ?? "" })}
            clearable
          />
        )}
        <ProblemAlert error={work.error} title={t.couldNotStartTheProgram} />
        <Group justify="flex-end" className={classes.end}>
          <Button type="submit" loading={work.isBusy}>
            {t.start}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The programs that do not fit, each with the reason of the server. */
function Misfits({ programs, isShown }: { programs: Program[]; isShown: boolean }) {
  const [isOpen, setOpen] = useState(isShown);
  if (programs.length === 0) return null;
  return (
    <div>
      <Anchor component="button" type="button" size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {plural(programs.length, t.countProgramsDo)}
        {t.notFit}
      </Anchor>
      <Collapse in={isOpen}>
        <List size="sm" mt="xs" spacing={6}>
          {programs.map(({ name, title, misfit }) => (
            <List.Item key={name}>
              <b>{title}</b>: <Name wrap>{misfit ?? ""}</Name>
            </List.Item>
          ))}
        </List>
      </Collapse>
    </div>
  );
}
