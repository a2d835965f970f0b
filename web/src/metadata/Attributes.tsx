import { Alert, List, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { visibleText } from "../text/visible";

interface AttributesProps {
  id: string;
  /** The type of the dataset, and the version of its metadata: both decide what is shown. */
  type: string;
  version: string;
  /** Whether to tell what does not fit, to those who can put it right. */
  withProblems: boolean;
}

/** The metadata by the attributes of the type: title, value, unit; then the keys that the type does not know. */
export function Attributes({ id, type, version, withProblems }: AttributesProps) {
  const query = useQuery({
    queryKey: ["attributes", id, type, version],
    queryFn: () => must(api.GET("/datasets/{id}/attributes", { params: { path: { id } } })),
  });
  if (query.isPending) return null;
  if (query.isError)
    return <ProblemAlert error={query.error} title="Could not load the attributes" onRetry={() => query.refetch()} />;
  const { typeTitle, attributes, problems, others } = query.data;
  return (
    <>
      {withProblems && problems.length > 0 && (
        <Alert color="yellow" title={`Does not fit the type ${type} yet`}>
          <List size="sm">
            {problems.map((problem) => (
              <List.Item key={`${problem.path} ${problem.message}`}>
                <b>{visibleText(problem.path)}</b> {visibleText(problem.message)}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {attributes.length > 0 && (
        <Table aria-label={typeTitle ?? "Attributes"} layout="auto">
          <Table.Tbody>
            {attributes.map((attribute) => (
              <Table.Tr key={attribute.name}>
                <Table.Th scope="row" w="40%" fw={500} title={attribute.description ?? attribute.name}>
                  {visibleText(attribute.title)}
                </Table.Th>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {visibleText(attribute.text)}
                  {attribute.unit && ` ${attribute.unit}`}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {others.length > 0 && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {typeTitle ? "Also in the document: " : "In the document: "}
          {others.map(visibleText).join(", ")}
        </Text>
      )}
    </>
  );
}
