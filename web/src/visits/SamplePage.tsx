import { Anchor, Group, Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { FrameIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet, Section } from "../components/Section";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import classes from "../datasets/cards.module.css";
import { DatasetCard } from "../datasets/DatasetCard";
import { framePath } from "../frames/detector/path";
import { RunBadge } from "../lineage/RunBadge";
import { visits as t } from "../messages/en";
import { useTitles } from "../runs/useTitles";
import { plural } from "../text/format";
import { DatasetPicture } from "../thumbnails/DatasetPicture";
import { Thumbnail } from "../thumbnails/Thumbnail";
import { Note } from "./Notes";
import { currentVisit, sampleSearch } from "./sample";
import { useVisitRuns } from "./useVisitRuns";
import { useLastRows, useMostSpots, Verdict } from "./Verdict";
import { VisitBadge } from "./VisitBadge";
import { VisitCards } from "./VisitCards";

type Dataset = Schemas["DatasetInfo"];
type Run = Schemas["RunInfo"];
type Visit = Schemas["VisitInfo"];

const pageSize = 100;
/** So many of the newest runs and notes are shown. */
const mostShown = 10;
const mostNotes = 200;
const pictureSize = 140;
const smallSize = 80;

/** A sample of a proposal: what is known of it, what was found, its processing, notes and datasets, and the visits that have it. */
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
  const visit = currentVisit(having);
  const description = visit?.samples.find(({ name }) => name === sample)?.description;
  const all = useVisitRuns(visit?.name ?? "", visit !== undefined && datasets.length > 0);
  const runs = all.filter(({ inputs }) => datasets.some(({ id }) => id === inputs?.[0]?.dataset));
  return (
    <>
      <PageHeader title={<Name>{sample}</Name>}>
        {t.sampleOfProposal}
        <Name>{proposal}</Name>
        {visit && (
          <>
            {t.inVisit}
            <Anchor component={Link} to={`/visits/${encodeURIComponent(visit.name)}`} inherit>
              <Name>{visit.name}</Name>
            </Anchor>{" "}
            <VisitBadge visit={visit} />
          </>
        )}
      </PageHeader>
      <Stack gap="xl">
        {datasets.length > 0 && <Found description={description} datasets={datasets} run={runs[0]} />}
        {list.isPending && <Loading />}
        <ProblemAlert error={list.error} title={t.couldNotLoadTheDatasets} />
        {list.isSuccess && datasets.length === 0 && (
          <>
            {description && <Text>{description}</Text>}
            <EmptyState icon={<FrameIcon size={26} />} title={t.noDatasetsYet}>
              {t.datasetsShowUpHereWhenTheir}
            </EmptyState>
          </>
        )}
        {datasets.length > 0 && (
          <Section title={list.hasNextPage ? t.datasets : plural(datasets.length, t.countDatasets)}>
            <ul className={classes.cards} aria-label={t.datasets}>
              {datasets.map((dataset) => (
                <DatasetCard key={dataset.id} dataset={dataset} what="created" time={dataset.created} />
              ))}
            </ul>
            <MoreButton list={list} />
          </Section>
        )}
        {datasets.length > 0 && <Processing runs={runs} datasets={datasets} />}
        {visit && datasets.length > 0 && <PinnedNotes visit={visit} datasets={datasets} />}
        {having.length > 0 && (
          <Section title={t.visits}>
            <VisitCards visits={having} label={t.visits} />
          </Section>
        )}
      </Stack>
    </>
  );
}

/** The best picture of the sample with what the newest run found. */
function Found({ description, datasets, run }: { description?: string | null; datasets: Dataset[]; run?: Run }) {
  const input = datasets.find(({ id }) => id === run?.inputs?.[0]?.dataset);
  const rows = useLastRows(run, input?.files ?? 0, true);
  const best = useMostSpots(run, true);
  const shown = input ?? datasets.find(({ files }) => files > 0);
  const picture = shown && <DatasetPicture dataset={shown} size={best === undefined ? smallSize : pictureSize} />;
  return (
    <Paper withBorder p="md">
      <Group gap="md" wrap="nowrap" align="flex-start">
        {best === undefined || !input ? (
          picture
        ) : (
          <Link to={`/datasets/${input.id}/frames?frame=${best}&run=${run?.id}`} aria-label={t.bestFrame(best)}>
            <Thumbnail dataset={input.id} path={framePath(best, "")} size={pictureSize}>
              {picture}
            </Thumbnail>
          </Link>
        )}
        <Stack gap={6} miw={0}>
          {description && <Text style={{ overflowWrap: "anywhere" }}>{description}</Text>}
          {best !== undefined && (
            <Text size="sm" c="dimmed">
              {t.bestFrame(best)}
            </Text>
          )}
          {run && <Verdict run={run} rows={rows} />}
        </Stack>
      </Group>
    </Paper>
  );
}

/** The newest runs on the datasets of the sample. */
function Processing({ runs, datasets }: { runs: Run[]; datasets: Dataset[] }) {
  const titleOf = useTitles();
  return (
    <Section title={t.processing}>
      {runs.length === 0 ? (
        <Quiet>{t.noRunYet}</Quiet>
      ) : (
        <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: "none" }} aria-label={t.processing}>
          {runs.slice(0, mostShown).map((run) => {
            const input = run.inputs?.[0]?.dataset ?? "";
            return (
              <Group key={run.id} component="li" gap="sm">
                <Anchor component={Link} to={`/datasets/${input}/analysis?run=${run.id}`} size="sm">
                  {titleOf(run) ?? <Name>{run.program}</Name>}
                </Anchor>
                <Text size="sm" component="span">
                  <Name>{datasets.find(({ id }) => id === input)?.name ?? ""}</Name>
                </Text>
                <RunBadge run={run} />
                <Text size="sm" c="dimmed" component="span">
                  <Time value={run.started} />
                </Text>
              </Group>
            );
          })}
        </Stack>
      )}
    </Section>
  );
}

/** The notes of the visit that are pinned to datasets of the sample, the newest first. */
function PinnedNotes({ visit, datasets }: { visit: Visit; datasets: Dataset[] }) {
  const query = useQuery({
    queryKey: ["visits", visit.name, "notes", "all"],
    queryFn: () =>
      must(api.GET("/visits/{visit}/notes", { params: { path: { visit: visit.name }, query: { limit: mostNotes } } })),
    retry: false,
  });
  const notes = (query.data?.items ?? []).filter(({ dataset }) => datasets.some(({ id }) => id === dataset)).reverse();
  return (
    <Section title={t.notes} more={{ to: `/visits/${encodeURIComponent(visit.name)}`, label: visit.name }}>
      <Stack gap="sm" maw={760}>
        <ProblemAlert error={query.error} title={t.couldNotLoadTheNotes} />
        {query.isSuccess && notes.length === 0 && <Quiet>{t.noNoteOnIt}</Quiet>}
        {notes.slice(0, mostShown).map((note) => (
          <Note key={note.number} note={note} visit={visit} />
        ))}
      </Stack>
    </Section>
  );
}
