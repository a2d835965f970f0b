import { Alert, Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { apiRoot } from "../api/base";
import type { Schemas } from "../api/client";
import { readLines } from "../api/lines";
import { CopyField } from "../components/CopyField";
import { CheckIcon, WarningIcon } from "../components/icons";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { dataset as t } from "../messages/en";
import { formatBytes, formatCount, plural } from "../text/format";
import { shellWord } from "../text/shell";
import type { Dataset } from "./context";

type Line = Schemas["VerifyLine"];
const problemsShown = 20;

interface Verification {
  latest: Line | undefined;
  problems: string[];
  error: unknown;
  isOver: boolean;
}

/** Has the server re-read all files and shows progress and problems. */
export function VerifyDialog({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) {
  const { latest, problems, error, isOver } = useVerification(dataset.id);
  const share = latest?.totalBytes ? (latest.bytes ?? 0) / latest.totalBytes : 0;
  return (
    <Modal opened onClose={onClose} title={t.verifyData} centered closeButtonProps={{ "aria-label": t.close }}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t.theServerReadsEveryFile}
        </Text>
        {!isOver && error === undefined && (
          <>
            <Progress value={share * 100} aria-label={t.verified} />
            <Text size="sm" role="status">
              {latest
                ? t.ofUniqueFiles(formatCount(latest.checked), formatCount(latest.total), formatBytes(latest.bytes))
                : t.countingFiles}
            </Text>
          </>
        )}
        <ProblemAlert error={error} title={t.verificationFailed} />
        {isOver && latest?.ok && (
          <Alert color="green" variant="light" icon={<CheckIcon />} title={t.allDataIsIntact} role="status">
            {plural(latest?.checked ?? 0, t.countUniqueFiles)}
            {t.checked}
            {formatBytes(latest?.bytes)}
            {t.identicalFilesAreCheckedOnce}
          </Alert>
        )}
        {problems.length > 0 && (
          <Alert
            color="red"
            variant="light"
            icon={<WarningIcon />}
            title={t.found(plural(problems.length, t.countProblems))}
            role="alert"
          >
            <Text size="sm" component="ul" m={0} pl="md">
              {problems.slice(0, problemsShown).map((problem) => (
                <li key={problem}>
                  <Name wrap>{problem}</Name>
                </li>
              ))}
              {problems.length > problemsShown && <li>{t.andMore(formatCount(problems.length - problemsShown))}</li>}
            </Text>
          </Alert>
        )}
        <CopyField label={t.verifyCommand} value={`hutch verify ${shellWord(dataset.name)}`} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.close}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function useVerification(id: string): Verification {
  const [state, setState] = useState<Verification>({
    latest: undefined,
    problems: [],
    error: undefined,
    isOver: false,
  });
  useEffect(() => {
    const control = new AbortController();
    const heard = (line: Line, isOver: boolean) =>
      setState(({ problems }) => ({
        latest: line,
        problems: line.problems?.length ? [...problems, ...line.problems] : problems,
        error: undefined,
        isOver,
      }));
    readLines<Line>(
      `${apiRoot}/datasets/${id}/verify`,
      (line) => {
        heard(line, false);
        return undefined;
      },
      { method: "POST", signal: control.signal },
    ).then(
      (end) => heard(end as unknown as Line, true),
      (error) => {
        if (!control.signal.aborted) setState((before) => ({ ...before, error }));
      },
    );
    return () => control.abort();
  }, [id]);
  return state;
}
