import { Alert, Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { type DatasetContext, hasRight } from "../dataset/context";
import { metadata as t } from "../messages/en";
import { visibleText } from "../text/visible";
import { hasRoom, valueAt, withValue } from "./document";
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
    queryKey: ["found", dataset.id, dataset.files, dataset.type],
    queryFn: ({ signal }) =>
      must(api.GET("/datasets/{id}/metadata/suggestions", { signal, params: { path: { id: dataset.id } } })),
    enabled: dataset.files > 0 && hasRight(dataset, "read"),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const work = useWork();
  if (!found.data?.file) return null;
  const { file, type: guessed, typeTitle } = found.data;
  const values = found.data.values
    .filter(({ name }) => valueAt(text, [name]) === undefined && hasRoom(text, [name]))
    .map(({ name, title, value }) => ({ name, title, json: JSON.stringify(value) }));
  const offersType = guessed !== undefined && canManage;
  if (!offersType && values.length === 0) return null;
  const choose = work.onSubmit(async () => {
    await must(api.PATCH("/datasets/{id}", { params: { path: { id: dataset.id } }, body: { type: guessed } }));
    notifications.show({ message: t.typeChanged });
    await refresh();
  });
  const filled = values.reduce((document, { name, json }) => withValue(document, [name], json), text);
  return (
    <Alert variant="light" py="xs" aria-label={t.whatAFileSays}>
      <Text size="sm">
        <Name>{file}</Name>
        {typeTitle && t.looksLike(visibleText(typeTitle))}
        {values.length > 0 && (typeTitle ? t.itSays : t.says)}
        {values.length > 0 && `${values.map(({ title, json }) => `${title} ${shown(json)}`).join("; ")}.`}
      </Text>
      <ProblemAlert error={work.error} title={t.couldNotChangeTheType} />
      <Group gap="xs" mt="xs">
        {offersType && (
          <Button size="compact-sm" variant="default" loading={work.isBusy} onClick={choose}>
            {t.useThisType}
          </Button>
        )}
        {values.length > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => onFill(filled)}>
            {t.addToMetadata}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
