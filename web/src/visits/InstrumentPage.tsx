import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { ClockIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { useSession } from "../session/session";
import { VisitCards } from "./VisitCards";

/** An instrument: the visits that the reader may see; for an administrator, all of them. */
export default function InstrumentPage() {
  const { instrument = "" } = useParams();
  usePageTitle(instrument);
  const all = useSession().hasRole("administrator");
  const query = useQuery({
    queryKey: ["visits", "instrument", instrument, all],
    queryFn: () => must(api.GET("/visits", { params: { query: { instrument, ...(all ? { all } : {}) } } })),
  });
  const visits = query.data?.items ?? [];
  return (
    <>
      <PageHeader title={<Name>{instrument}</Name>}>
        {all ? "All visits of this instrument" : "Your visits of this instrument"}
      </PageHeader>
      {query.isPending && <Loading />}
      <ProblemAlert error={query.error} title="Could not load the visits" />
      {query.isSuccess && visits.length === 0 && (
        <EmptyState icon={<ClockIcon size={26} />} title="No visits">
          You are in no visit of this instrument.
        </EmptyState>
      )}
      {visits.length > 0 && <VisitCards visits={visits} label="Visits" />}
    </>
  );
}
