import { Badge, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ClockIcon } from "../components/icons";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { dataset as t } from "../messages/en";
import type { Dataset, DatasetContext } from "./context";
import { KeepDialog } from "./KeepDialog";
import { loadRetention } from "./loadRetention";
import type { Retention } from "./retention";

/** How long the files stay at the facility; nothing for a dataset that is stored here. */
export function RetentionLine({ context: { dataset, canManage } }: { context: DatasetContext }) {
  const [isAsking, setAsking] = useState(false);
  const query = useRetention(dataset);
  if (query.isError) return <ProblemAlert error={query.error} title={t.couldNotLoadHowLong} />;
  if (!query.data) return null;
  return (
    <Group gap="xs" mt="xs">
      <Text size="sm" c="dimmed" component="div" style={{ display: "flex", alignItems: "center", gap: 6 }}>
        <ClockIcon size={15} />
        <span>
          <Stay retention={query.data} />
        </span>
      </Text>
      {canManage && query.data.limited && (
        <Button size="compact-sm" variant="subtle" onClick={() => setAsking(true)}>
          {query.data.until || query.data.acquiring ? t.keepLonger : t.change}
        </Button>
      )}
      {isAsking && <KeepDialog id={dataset.id} retention={query.data} onClose={() => setAsking(false)} />}
    </Group>
  );
}

/** Says that files are being written, as the facility's agent sees it. */
export function AcquiringBadge({ dataset }: { dataset: Dataset }) {
  if (!useRetention(dataset).data?.acquiring) return null;
  return (
    <Badge variant="light" color="green" tt="none" fw={600}>
      {t.acquiring}
    </Badge>
  );
}

function useRetention(dataset: Dataset) {
  return useQuery({
    queryKey: ["retention", dataset.id],
    queryFn: () => loadRetention(dataset.id),
    enabled: dataset.inFolder === true && (dataset.state === "open" || dataset.state === "closed"),
  });
}

/** Until when, in words. */
function Stay({ retention: { until, over, acquiring, limited } }: { retention: Retention }) {
  if (acquiring && limited) return <>{t.howLongTheFilesStay}</>;
  if (!until) return <>{t.theFilesStayAtTheFacility}</>;
  return (
    <>
      {over ? t.theTimeOfTheFiles : t.theFilesStayAtTheFacility2} <Time value={until} exact /> (<Time value={until} />)
    </>
  );
}
