import { Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { metadata as t } from "../messages/en";
import { plural } from "../text/format";
import { visibleText } from "../text/visible";
import { leaves } from "./document";
import { Problems } from "./Problems";
import { readable } from "./readable";
import { shown } from "./values";

/** Values that the type does not know and that are shown as rows. */
const restShown = 100;

interface AttributesProps {
  id: string;
  /** The type of the dataset, and the version of its metadata: both decide what is shown. */
  type: string;
  version: string;
  /** The document. */
  text: string;
  /** Whether to tell what does not fit, to those who can put it right. */
  withProblems: boolean;
  /** Opens the form. */
  onAdd?: (() => void) | undefined;
}

/** The metadata by the attributes of the type: title, value, unit; then what the type does not know. */
export function Attributes({ id, type, version, text, withProblems, onAdd }: AttributesProps) {
  const query = useQuery({
    queryKey: ["attributes", id, type, version],
    queryFn: () => must(api.GET("/datasets/{id}/attributes", { params: { path: { id } } })),
  });
  if (query.isPending) return null;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheAttributes} onRetry={() => query.refetch()} />;
  const { typeTitle, attributes, problems, others } = query.data;
  const rest = leaves(text).filter(({ path }) => others.includes(String(path[0])));
  const restTitle = typeTitle ? t.alsoInTheDocument : t.inTheDocument;
  return (
    <>
      {withProblems && problems.length > 0 && <Problems type={type} problems={problems} onAdd={onAdd} />}
      {attributes.length > 0 && (
        <Table aria-label={typeTitle ?? t.attributes} layout="auto">
          <Table.Tbody>
            {attributes.map((attribute) => (
              <Table.Tr key={attribute.name}>
                <Table.Th scope="row" w="40%" fw={500} title={attribute.description ?? attribute.name}>
                  {visibleText(attribute.title)}
                </Table.Th>
                <Table.Td style={{ overflowWrap: "anywhere" }} title={visibleText(attribute.text)}>
                  {visibleText(readable(attribute.name, attribute.text, attribute.unit))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {rest.length > 0 && (
        <>
          <Title order={2} size="h5">
            {restTitle}
          </Title>
          <Table aria-label={restTitle} layout="auto">
            <Table.Tbody>
              {rest.slice(0, restShown).map(({ path, json }) => (
                <Table.Tr key={JSON.stringify(path)}>
                  <Table.Th scope="row" w="40%" fw={500} style={{ overflowWrap: "anywhere" }}>
                    {visibleText(path.join("."))}
                  </Table.Th>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{visibleText(shown(json))}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {rest.length > restShown && (
            <Text size="sm" c="dimmed">
              {plural(rest.length - restShown, t.countMoreValues)}
              {t.inTheDocumentBelow}
            </Text>
          )}
        </>
      )}
    </>
  );
}
