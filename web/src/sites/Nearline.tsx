import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";
import { Time } from "../components/Time";
import { type Dataset, isHere } from "../dataset/context";
import { sites as t } from "../messages/en";
import { formatBytes, formatSeconds } from "../text/format";

type Recall = Schemas["RecallInfo"];

/** What nearline storage has of a dataset; nothing where all can be read and no time is promised. */
export function Nearline({ dataset }: { dataset: Dataset }) {
  const { data } = useQuery({
    queryKey: ["recall", dataset.id],
    queryFn: () => must(api.GET("/datasets/{id}/recall", { params: { path: { id: dataset.id } } })),
    enabled: isHere(dataset),
    refetchInterval: ({ state }) => (state.data?.state === "recalling" ? 10_000 : false),
  });
  if (!data || (data.state === "online" && data.until == null)) return null;
  return (
    <Alert variant="light" title={titleOf(data)}>
      {data.state !== "online" && (
        <Text size="sm">
          {t.bytesHaveToComeBack(formatBytes(data.offlineBytes), formatSeconds(data.secondsLeft))}
          {data.state === "offline" && t.aReadRecallsThem}
        </Text>
      )}
      {data.until != null && (
        <Text size="sm">
          {t.theyStayUntil}
          <Time value={data.until} exact />
        </Text>
      )}
    </Alert>
  );
}

function titleOf({ state }: Recall): string {
  if (state === "online") return t.itsFilesWereRecalled;
  return state === "recalling" ? t.itsFilesAreBeingRecalled : t.itsFilesAreInNearline;
}
