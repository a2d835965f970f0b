import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { api, must } from "../api/client";
import { CopyField } from "../components/CopyField";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { publication as t } from "../messages/en";
import type { Publication } from "./description";

/** Whether the DOI of a publication will soon be something else, so that it is worth asking again. */
export function isDoiUnderWay(publication: Publication | undefined): boolean {
  return [publication?.doi, publication?.seriesDoi].some((doi) => doi && isWaiting(doi.state, publication?.state));
}

/** A draft of what is published waits to be registered, too. */
const isWaiting = (state: string, publication: string | undefined) =>
  state === "pending" || (state === "draft" && publication !== "draft");

interface DoiStateProps {
  dataset: string;
  publication: Publication;
  onDone: (publication: Publication) => void;
}

/** How far the DOI of a publication is, what is wrong with it, and a button that asks for one. */
export function DoiState({ dataset, publication, onDone }: DoiStateProps) {
  const { doi, seriesDoi } = publication;
  if (!doi) return <DoiOffer dataset={dataset} publication={publication} onDone={onDone} />;
  const problem = doi.problem ?? seriesDoi?.problem;
  const next = doi.nextAttempt ?? seriesDoi?.nextAttempt;
  return (
    <Stack gap="xs">
      <CopyField label={t.doi} value={doi.address ?? doi.doi} />
      <Text size="sm">{words(isWaiting(doi.state, publication.state) ? "pending" : doi.state)}</Text>
      {seriesDoi?.address && <CopyField label={t.doiOfAllVersions} value={seriesDoi.address} />}
      {problem && (
        <Alert color="yellow" title={t.theDoiIsNotUp}>
          {problem} {next && <>{t.itIsTriedAgain}</>}
          {next && <Time value={next} />}
        </Alert>
      )}
    </Stack>
  );
}

function words(state: string): string {
  switch (state) {
    case "findable":
      return t.itLeadsEverybodyToThePage;
    case "registered":
      return t.itLeadsToThePage;
    case "draft":
      return t.itIsReservedAndLeadsNowhere;
    default:
      return t.itIsOnItsWay;
  }
}

function DoiOffer({ dataset, publication, onDone }: DoiStateProps) {
  const work = useWork();
  const isDraft = publication.state === "draft";
  if (!publication.givesDois || (!isDraft && publication.state !== "published")) return null;
  const ask = () =>
    work.run(async () =>
      onDone(await must(api.POST("/datasets/{id}/publication/doi", { params: { path: { id: dataset } } }))),
    );
  return (
    <Stack gap="xs">
      <ProblemAlert error={work.error} title={t.thereIsNoDoiYet} />
      <Group>
        <Button variant="default" loading={work.isBusy} onClick={ask}>
          {isDraft ? t.reserveADoi : t.registerADoi}
        </Button>
      </Group>
    </Stack>
  );
}
