import { Alert, Button, List, Stack, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { metadata as t } from "../messages/en";
import { visibleText } from "../text/visible";
import { useType } from "../types/useTypes";
import { rangeOf } from "./values";

type Problem = Schemas["MetadataProblem"];

interface Props {
  type: string;
  problems: readonly Problem[];
  /** Opens the form; without it the values are only named. */
  onAdd: (() => void) | undefined;
}

/** Values that the type asks for and the metadata lack, then those that do not fit. */
export function Problems({ type, problems, onAdd }: Props) {
  const attributes = useType(type).data?.attributes ?? [];
  const titleOf = (problem: Problem) => {
    const attribute = attributes.find(({ name }) => name === problem.path);
    const range = attribute && rangeOf(attribute)?.replace(/^(\d\S*) to (?=\d)/, "$1–");
    return `${attribute?.title ?? problem.path}${range ? ` (${range})` : ""}`;
  };
  const missing = problems.filter(({ message }) => /^is missing\b/.test(message));
  const wrong = problems.filter((problem) => !missing.includes(problem));
  return (
    <Alert color="yellow" title={missing.length > 0 ? t.missingFor(type) : t.notValid(type)}>
      <Stack gap="xs" align="flex-start">
        {missing.length > 0 && <Text size="sm">{missing.map((each) => visibleText(titleOf(each))).join(", ")}</Text>}
        {wrong.length > 0 && (
          <List size="sm">
            {wrong.map((problem) => (
              <List.Item key={`${problem.path} ${problem.message}`}>
                <b>{visibleText(problem.path)}</b> {visibleText(problem.message)}
              </List.Item>
            ))}
          </List>
        )}
        {onAdd && missing.length > 0 && (
          <Button size="compact-sm" variant="default" onClick={onAdd}>
            {t.add}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
