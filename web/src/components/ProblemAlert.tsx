import { Alert, Button, Text } from "@mantine/core";
import { describeProblem } from "../api/problem";
import { WarningIcon } from "./icons";
import { Name } from "./Name";

/** There is no room: nothing that the server's log explains. */
const fullStatus = 507;

interface ProblemAlertProps {
  /** Nothing is shown while there is none. */
  error: unknown;
  title?: string;
  onRetry?: () => void;
}

/** What went wrong, and what to do. */
export function ProblemAlert({ error, title, onRetry }: ProblemAlertProps) {
  if (error === undefined) return null;
  const problem = describeProblem(error);
  return (
    <Alert role="alert" color="red" variant="light" icon={<WarningIcon />} title={title ?? "That did not work"}>
      <Text size="sm" component="div">
        <Name wrap>{problem.message}</Name>
      </Text>
      {problem.advice && (
        <Text size="sm" mt={4}>
          {problem.advice}
        </Text>
      )}
      {problem.requestId && problem.status >= 500 && problem.status !== fullStatus && (
        <Text size="xs" mt={4} ff="monospace">
          request {problem.requestId}
        </Text>
      )}
      {onRetry && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
