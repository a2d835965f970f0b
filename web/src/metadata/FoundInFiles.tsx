import { Alert, Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { type DatasetContext, hasRight } from "../dataset/context";
import { visibleText } from "../text/visible";
import { useType } from "../types/useTypes";
import { hasRoom, valueAt, withValue } from "./document";
import { readFound } from "./readFound";
import { shown } from "./values";

interface Props {
  context: DatasetContext;
  text: string;
  /** Opens the document with more in it. */
  onFill: (text: string) => void;
}

/**
 * What a file says that nobody has said of the dataset yet: the type that fits, and values of its attributes. Nothing is stored before
 * somebody says so, and nothing that somebody wrote is changed.
 */
export function FoundInFiles({ context: { dataset, canManage, refresh }, text, onFill }: Props) {
  const found = useQuery({
    queryKey: ["found", dataset.id, dataset.files],
    queryFn: ({ signal }) => readFound(dataset.id, signal),
    enabled: dataset.files > 0 && hasRight(dataset, "read"),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const work = useWork();
  const guessed = found.data?.type ?? "generic";
  const isTyped = dataset.type !== "generic";
  const type = useType(isTyped ? dataset.type : guessed);
  if (!found.data || !type.data) return null;
  const known = new Map((type.data.attributes ?? []).map((attribute) => [attribute.name, attribute.title]));
  const values = Object.entries(found.data.values).filter(
    ([name]) => known.has(name) && valueAt(text, [name]) === undefined && hasRoom(text, [name]),
  );
  const offersType = !isTyped && canManage && type.data.name === guessed;
  if (!offersType && values.length === 0) return null;
  const choose = work.onSubmit(async () => {
    await must(api.PATCH("/datasets/{id}", { params: { path: { id: dataset.id } }, body: { type: guessed } }));
    notifications.show({ message: "Type changed." });
    await refresh();
  });
  const filled = values.reduce((document, [name, json]) => withValue(document, [name], json), text);
  return (
    <Alert variant="light" py="xs" aria-label="What a file says">
      <Text size="sm">
        <Name>{found.data.file}</Name> looks like: {visibleText(type.data.title)}.{" "}
        {values.length > 0 &&
          `It says: ${values.map(([name, json]) => `${known.get(name) ?? name} ${shown(json)}`).join("; ")}.`}
      </Text>
      <ProblemAlert error={work.error} title="Could not change the type" />
      <Group gap="xs" mt="xs">
        {offersType && (
          <Button size="compact-sm" variant="default" loading={work.isBusy} onClick={choose}>
            Use this type
          </Button>
        )}
        {values.length > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => onFill(filled)}>
            Put into the metadata
          </Button>
        )}
      </Group>
    </Alert>
  );
}
