import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { FrameIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { usePageTitle } from "../components/usePageTitle";
import classes from "../datasets/cards.module.css";
import { DatasetCard } from "../datasets/DatasetCard";
import { visits as t } from "../messages/en";
import { sampleSearch } from "./sample";
import { VisitCards } from "./VisitCards";

const pageSize = 100;

/** A sample of a proposal: every dataset of it, and the visits that have it. */
export default function SamplePage() {
  const { proposal = "", sample = "" } = useParams();
  usePageTitle(sample);
  const q = sampleSearch(proposal, sample);
  const visits = useQuery({
    queryKey: ["visits", "proposal", proposal],
    queryFn: () => must(api.GET("/visits", { params: { query: { proposal } } })),
  });
  const list = useInfiniteQuery({
    queryKey: ["live", "sample", q, "page"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      must(api.GET("/search", { signal, params: { query: { q, limit: pageSize, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    retry: false,
  });
  const datasets = list.data?.pages.flatMap((page) => page.items) ?? [];
  const having = (visits.data?.items ?? []).filter((visit) => visit.samples.some(({ name }) => name === sample));
  return (
    <>
      <PageHeader title={<Name>{sample}</Name>}>
        {t.sampleOfProposal}
        <Name>{proposal}</Name>
      </PageHeader>
      {list.isPending && <Loading />}
      <ProblemAlert error={list.error} title={t.couldNotLoadTheDatasets} />
      {list.isSuccess && datasets.length === 0 && (
        <EmptyState icon={<FrameIcon size={26} />} title={t.noDatasetsYet}>
          {t.datasetsShowUpHereWhenTheir}
        </EmptyState>
      )}
      {datasets.length > 0 && (
        <ul className={classes.cards} aria-label={t.datasets}>
          {datasets.map((dataset) => (
            <DatasetCard key={dataset.id} dataset={dataset} what="created" time={dataset.created} />
          ))}
        </ul>
      )}
      <MoreButton list={list} />
      {having.length > 0 && (
        <Section title={t.visits}>
          <VisitCards visits={having} label={t.visits} />
        </Section>
      )}
    </>
  );
}
