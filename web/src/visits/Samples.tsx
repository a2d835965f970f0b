import { Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import classes from "../datasets/cards.module.css";
import { visits as t } from "../messages/en";
import { plural } from "../text/format";
import { DatasetPicture } from "../thumbnails/DatasetPicture";
import { sampleAddress, sampleSearch } from "./sample";

const most = 50;

/** The samples of a visit as cards: the newest picture, and how many datasets there are. */
export function Samples({ visit }: { visit: Schemas["VisitInfo"] }) {
  if (visit.samples.length === 0) return null;
  return (
    <Section title={plural(visit.samples.length, t.countSamples)}>
      <ul className={classes.cards} aria-label={t.samples}>
        {visit.samples.slice(0, most).map((sample) => (
          <SampleCard key={sample.name} proposal={visit.proposal} sample={sample} />
        ))}
      </ul>
      {visit.samples.length > most && (
        <Text size="sm" c="dimmed" mt="xs">
          {plural(visit.samples.length - most, t.countMoreSamples)}
          {t.findThemWithSearch}
        </Text>
      )}
    </Section>
  );
}

function SampleCard({ proposal, sample }: { proposal: string; sample: Schemas["VisitSampleInfo"] }) {
  const q = sampleSearch(proposal, sample.name);
  const list = useQuery({
    queryKey: ["live", "sample", q],
    queryFn: () => must(api.GET("/search", { params: { query: { q, limit: most } } })),
    retry: false,
  });
  const datasets = list.data?.items ?? [];
  const shown = datasets.find(({ files }) => files > 0);
  return (
    <Paper component="li" withBorder className={classes.card}>
      {shown && <DatasetPicture dataset={shown} size={64} />}
      <div className={classes.about}>
        <Link to={sampleAddress(proposal, sample.name)} className={classes.name}>
          <Name>{sample.name}</Name>
        </Link>
        {sample.description && (
          <Text size="sm" truncate>
            <Name>{sample.description}</Name>
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {list.isSuccess && (list.data.next ? t.datasetsOrMore(most) : plural(datasets.length, t.countDatasets))}
        </Text>
        <ProblemAlert error={list.error} title={t.couldNotLoadTheDatasets} />
      </div>
    </Paper>
  );
}
