import { Anchor, Collapse, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { dataset as t } from "../messages/en";

type Statement = Schemas["StatementInfo"];

const renewMs = 2_000;

const kinds: Record<string, string> = {
  different: "differs",
  within: t.withinTheTolerance,
  "by-nature": t.differsByNature,
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
  if (query.isError && rerun) return <ProblemAlert error={query.error} title={t.couldNotLoadTheComparison} />;
  const all = (query.data?.items ?? []).filter((one) => !rerun || one.rerun === rerun);
  if (rerun && query.data && all.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t.theResultsAreCompared}
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
  const colour = statement.reproduced && statement.trusted && !statement.changedSince ? "green" : "orange";
  const words = statement.summary.charAt(0).toUpperCase() + statement.summary.slice(1);
  return (
    <div data-testid="statement">
      <Text size="sm" component="div" c={`var(--mantine-color-${colour}-light-color)`}>
        <Name wrap>{words}</Name>
        {statement.run && !statement.trusted && t.notSignedByASite}{" "}
        {unequal.length > 0 && (
          <Anchor component="button" type="button" size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t.files}
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
