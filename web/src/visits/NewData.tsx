import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api, must, type Schemas } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { ArrivalCard, useAnalysisOf } from "../live/ArrivalCard";
import classes from "../live/live.module.css";
import { useArrivals } from "../live/useArrivals";
import { visits as t } from "../messages/en";
import { useVisitRuns } from "./useVisitRuns";

/** What comes without an event, such as a version, is seen after so long. */
const renewMs = 10_000;

interface NewDataProps {
  visit: string;
  most: number;
  title?: string;
  /** What can be done with a dataset. */
  actions?: (dataset: Schemas["DatasetInfo"]) => ReactNode;
}

/** The newest frame or picture of each source of a visit with the curve of its analysis, as it arrives; nothing before there are data. */
export function NewData({ visit, most, title = t.newData, actions }: NewDataProps) {
  const { arrivals, now } = useArrivals();
  const newest = useQuery({
    queryKey: ["live", "arrivals", visit, most],
    queryFn: () => must(api.GET("/arrivals", { params: { query: { limit: most, owner: visit } } })),
    refetchInterval: renewMs,
  });
  const runs = useVisitRuns(visit, (newest.data?.items.length ?? 0) > 0);
  const analysisOf = useAnalysisOf(runs);
  if (newest.error) return <ProblemAlert error={newest.error} title={t.couldNotLoadTheNewData} />;
  if (!newest.data?.items.length) return null;
  return (
    <Section title={title} more={{ to: `/live?owner=${encodeURIComponent(visit)}`, label: t.live }}>
      <ul className={classes.series} aria-label={title}>
        {newest.data.items.map((arrival) => (
          <ArrivalCard
            key={arrival.dataset.id}
            arrival={arrival}
            run={analysisOf(arrival.dataset.id)}
            {...{ arrivals, now }}
            actions={actions?.(arrival.dataset)}
          />
        ))}
      </ul>
    </Section>
  );
}
