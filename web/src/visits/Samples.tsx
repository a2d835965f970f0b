import { Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import classes from "../datasets/cards.module.css";
import { framePath } from "../frames/detector/path";
import { visits as t } from "../messages/en";
import { plural } from "../text/format";
import { DatasetPicture } from "../thumbnails/DatasetPicture";
import { Thumbnail } from "../thumbnails/Thumbnail";
import { sampleAddress, sampleSearch } from "./sample";
import { useVisitRuns } from "./useVisitRuns";
import { useLastRows, useMostSpots, Verdict } from "./Verdict";

const most = 50;

/** So many cards look into the results of their last run. */
const mostVerdicts = 12;

/** The samples of a visit as cards: the best picture, what the last run found, and how many datasets there are. */
export function Samples({ visit }: { visit: Schemas["VisitInfo"] }) {
  const runs = useVisitRuns(visit.name, visit.samples.length > 0);
  if (visit.samples.length === 0) return null;
  return (
    <Section title={plural(visit.samples.length, t.countSamples)}>
      <ul className={classes.cards} aria-label={t.samples}>
        {visit.samples.slice(0, most).map((sample, index) => (
          <SampleCard
            key={sample.name}
            proposal={visit.proposal}
            sample={sample}
            runs={runs}
            isLookedInto={index < mostVerdicts}
          />
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

interface SampleCardProps {
  proposal: string;
  sample: Schemas["VisitSampleInfo"];
  runs: Schemas["RunInfo"][];
  isLookedInto: boolean;
}

function SampleCard({ proposal, sample, runs, isLookedInto }: SampleCardProps) {
  const q = sampleSearch(proposal, sample.name);
  const list = useQuery({
    queryKey: ["live", "sample", q],
    queryFn: () => must(api.GET("/search", { params: { query: { q, limit: most } } })),
    retry: false,
  });
  const datasets = list.data?.items ?? [];
  const shown = datasets.find(({ files }) => files > 0);
  const run = runs.find(({ inputs }) => datasets.some(({ id }) => id === inputs?.[0]?.dataset));
  const input = datasets.find(({ id }) => id === run?.inputs?.[0]?.dataset);
  const rows = useLastRows(run, input?.files ?? 0, isLookedInto);
  const best = useMostSpots(run, isLookedInto);
  const newest = shown && <DatasetPicture dataset={shown} size={64} />;
  return (
    <Paper component="li" withBorder className={classes.card}>
      {best === undefined ? (
        newest
      ) : (
        <Thumbnail dataset={input?.id ?? ""} path={framePath(best, "")} size={64}>
          {newest}
        </Thumbnail>
      )}
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
        {run && <Verdict run={run} rows={rows} />}
        <ProblemAlert error={list.error} title={t.couldNotLoadTheDatasets} />
      </div>
    </Paper>
  );
}
