import { Alert, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearchParams } from "react-router";
import { api, isCode, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { ClockIcon, WarningIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { visits as t } from "../messages/en";
import { useSession } from "../session/session";
import { NewData } from "./NewData";
import { VisitBadge } from "./VisitBadge";
import { VisitCards } from "./VisitCards";

const maxArrivals = 12;
/** The next visit begins without an event. */
const renewMs = 60_000;
/** A screen has no keyboard to reload it: when its token ends, what it shows must not pass for live. */
const renewWallMs = 10_000;

/** An instrument: what arrives in its running visit, and the visits that the reader may see; for an administrator, all of them. */
export default function InstrumentPage() {
  const { instrument = "" } = useParams();
  usePageTitle(instrument);
  const isWall = useSearchParams()[0].has("kiosk");
  const all = useSession().hasRole("administrator");
  const query = useQuery({
    queryKey: ["visits", "instrument", instrument, all],
    queryFn: () => must(api.GET("/visits", { params: { query: { instrument, ...(all ? { all } : {}) } } })),
    refetchInterval: isWall ? renewWallMs : renewMs,
  });
  const visits = query.data?.items ?? [];
  const running = query.error ? undefined : visits.find(({ state }) => state === "running");
  if (isWall && isCode(query.error, "unauthenticated"))
    return (
      <>
        <PageHeader title={<Name>{instrument}</Name>} />
        <Alert color="red" title={t.thisScreenShowsNothingAnyMore} icon={<WarningIcon />}>
          {t.itsTokenWasRevokedOrHas}
        </Alert>
      </>
    );
  return (
    <>
      <PageHeader title={<Name>{instrument}</Name>}>
        {isWall
          ? running && (
              <Group gap="sm">
                <Name>{running.name}</Name>
                <VisitBadge visit={running} />
              </Group>
            )
          : all
            ? t.allVisitsOfThisInstrument
            : t.yourVisitsOfThisInstrument}
      </PageHeader>
      {query.isPending && <Loading />}
      <ProblemAlert error={query.error} title={t.couldNotLoadTheVisits} />
      {isWall && query.isSuccess && !running && (
        <EmptyState icon={<ClockIcon size={26} />} title={t.noVisitIsRunning}>
          {t.theDataOfTheNextVisit}
        </EmptyState>
      )}
      {!isWall && query.isSuccess && visits.length === 0 && (
        <EmptyState icon={<ClockIcon size={26} />} title={t.noVisits}>
          {t.youAreInNoVisit}
        </EmptyState>
      )}
      <Stack gap="xl">
        {running && <NewData visit={running.name} most={maxArrivals} />}
        {visits.length > 0 && !isWall && <VisitCards visits={visits} label={t.visits} />}
      </Stack>
    </>
  );
}
