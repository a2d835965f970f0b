import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet } from "../components/Section";
import type { Dataset } from "../dataset/context";
import { compare as t } from "../messages/en";
import { readDocument } from "../metadata/readDocument";
import { formatBytes, formatCount, formatTime } from "../text/format";
import { useType } from "../types/useTypes";
import type { Pair } from "./pair";
import { Values } from "./Values";

/** What a dataset is, as a document of its own. */
function factsOf(dataset: Dataset): string {
  return JSON.stringify({
    [t.title]: dataset.title ?? undefined,
    [t.type]: dataset.type,
    [t.owner]: dataset.owner,
    [t.state]: dataset.state,
    [t.entries]: formatCount(dataset.files),
    [t.size]: formatBytes(dataset.bytes),
    [t.versions]: formatCount(dataset.snapshots),
    [t.created]: formatTime(new Date(dataset.created)),
  });
}

/** What two datasets are, and their metadata, value by value. */
export function MetadataComparison({ left, right, names }: Pair) {
  const documents = [left, right].map(({ id }) => ({
    queryKey: ["metadata", id],
    queryFn: () => readDocument(id),
  })) as [Document, Document];
  const [one, other] = [useQuery(documents[0]), useQuery(documents[1])];
  const type = useType(left.type);
  const failed = one.error ?? other.error;
  if (failed)
    return (
      <ProblemAlert
        error={failed}
        title={t.couldNotLoadTheMetadata}
        onRetry={() => Promise.all([one.refetch(), other.refetch()])}
      />
    );
  if (!one.data || !other.data) return <Loading />;
  const isEmpty = one.data.text === "{}" && other.data.text === "{}";
  return (
    <Stack gap="lg">
      <Values
        title={t.differentMetadata}
        equalTitle={t.sameMetadata}
        noun={t.equalValue}
        left={one.data.text}
        right={other.data.text}
        names={names}
        titleOf={(name) => type.data?.attributes?.find((each) => each.name === name)?.title ?? name}
      >
        <Quiet>{isEmpty ? t.noMetadata : t.theMetadataAreTheSame}</Quiet>
      </Values>
      <Values
        title={t.facts}
        equalTitle={t.facts}
        noun={t.equalValue}
        left={factsOf(left)}
        right={factsOf(right)}
        names={names}
      >
        {null}
      </Values>
    </Stack>
  );
}

interface Document {
  queryKey: string[];
  queryFn: () => ReturnType<typeof readDocument>;
}
