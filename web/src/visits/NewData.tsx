import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { ArrivalCard } from "../live/ArrivalCard";
import classes from "../live/live.module.css";
import { useArrivals } from "../live/useArrivals";

/** What comes without an event, such as a version, is seen after so long. */
const renewMs = 10_000;

/** The newest frame or picture of each source of a visit, as it arrives; nothing before there are data. */
export function NewData({ visit, most }: { visit: string; most: number }) {
  const { arrivals, now } = useArrivals();
  const newest = useQuery({
    queryKey: ["live", "arrivals", visit, most],
    queryFn: () => must(api.GET("/arrivals", { params: { query: { limit: most, owner: visit } } })),
    refetchInterval: renewMs,
  });
  if (newest.error) return <ProblemAlert error={newest.error} title="Could not load the new data" />;
  if (!newest.data?.items.length) return null;
  return (
    <Section title="New data" more={{ to: `/live?owner=${encodeURIComponent(visit)}`, label: "Live" }}>
      <ul className={classes.series} aria-label="New data">
        {newest.data.items.map((arrival) => (
          <ArrivalCard key={arrival.dataset.id} arrival={arrival} run={undefined} {...{ arrivals, now }} />
        ))}
      </ul>
    </Section>
  );
}
