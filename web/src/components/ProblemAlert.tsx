import { Alert, Button, Text } from "@mantine/core";
import { describeProblem } from "../api/problem";
import { components as t } from "../messages/en";
import { WarningIcon } from "./icons";
import { Name } from "./Name";
import { TextWithCode } from "./TextWithCode";

/** Insufficient storage: the server's log would add nothing. */
const fullStatus = 507;

interface ProblemAlertProps {
  /** Renders nothing without one: undefined, or null as a query says it. */
  error: unknown;
  title?: string;
  onRetry?: () => void;
  /** What to do about an error with such a code, where the action knows better than its code; empty for nothing. */
  advice?: Record<string, string>;
}

/** An error and what to do about it. */
export function ProblemAlert({ error, title, onRetry, advice = {} }: ProblemAlertProps) {
  if (error === undefined || error === null) return null;
  const problem = describeProblem(error);
  const help = advice[problem.code] ?? problem.advice;
  return (
    <Alert role="alert" color="red" variant="light" icon={<WarningIcon />} title={title ?? t.somethingWentWrong}>
      <Text size="sm" component="div">
        <Name wrap>{problem.message}</Name>
      </Text>
      {help && (
        <Text size="sm" mt={4} component="div">
          <TextWithCode>{help}</TextWithCode>
        </Text>
      )}
      {problem.requestId && problem.status >= 500 && problem.status !== fullStatus && (
        <Text size="xs" mt={4} ff="monospace">
          {t.requestId(problem.requestId)}
        </Text>
      )}
      {onRetry && problem.isTransient && (
        <Text size="sm" mt={4}>
          {t.thisPageRetriesAutomatically}
        </Text>
      )}
      {onRetry && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          {t.tryAgain}
        </Button>
      )}
    </Alert>
  );
}
