import { Anchor, Collapse, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";

type Statement = Schemas["StatementInfo"];

const renewMs = 2_000;

const kinds: Record<string, string> = {
  different: "differs",
  within: "within the tolerance",
  "by-nature": "differs by nature",
};

interface Props {
  dataset: string;
  /** Only the statement of this rerun, which is awaited. */
  rerun?: string;
}

/** What sites found when they computed the results in a dataset again. */
export function StatementLines({ dataset, rerun }: Props) {
  const query = useQuery({
    queryKey: ["statements", dataset],
    queryFn: () => must(api.GET("/datasets/{id}/statements", { params: { path: { id: dataset } } })),
    refetchInterval: ({ state: { data } }) =>
      rerun && !data?.items?.some((one) => one.rerun === rerun) ? renewMs : false,
  });
  if (query.isError && rerun) return <ProblemAlert error={query.error} title="Could not load the comparison" />;
  const all = (query.data?.items ?? []).filter((one) => !rerun || one.rerun === rerun);
  if (rerun && query.data && all.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The results are compared.
      </Text>
    );
  return (
    <>
      {all.map((one) => (
        <Line key={one.rerun} statement={one} />
      ))}
    </>
  );
}

function Line({ statement }: { statement: Statement }) {
  const [isOpen, setOpen] = useState(false);
  const unequal = statement.unequal ?? [];
  const words = statement.summary.charAt(0).toUpperCase() + statement.summary.slice(1);
  return (
    <div data-testid="statement">
      <Text size="sm" component="div" c={statement.reproduced && statement.trusted ? "green" : "orange"}>
        <Name wrap>{words}</Name>
        {statement.run && !statement.trusted && " (not signed by a site of this zone)"}{" "}
        {unequal.length > 0 && (
          <Anchor component="button" type="button" size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Files
          </Anchor>
        )}
      </Text>
      <Collapse in={isOpen}>
        <List size="sm" mt="xs" spacing={4}>
          {unequal.map((file) => (
            <List.Item key={file.path}>
              <Name wrap>{file.path}</Name>: {kinds[file.kind] ?? file.kind}, <Name wrap>{file.how}</Name>
            </List.Item>
          ))}
        </List>
      </Collapse>
    </div>
  );
}
