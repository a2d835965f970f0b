import { Alert, Anchor, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import type { Dataset } from "../dataset/context";
import { sites as t } from "../messages/en";

type Eviction = Schemas["EvictionInfo"];
type Run = Schemas["RunInfo"];

interface Props {
  dataset: Dataset;
  canManage: boolean;
  onChanged: () => Promise<unknown>;
}

/** Where its bytes are, when the home gives them up or has given them up, and when it may. */
export function Bytes(props: Props) {
  if (props.dataset.eviction != null) return <Away {...props} />;
  return props.canManage && props.dataset.state === "closed" ? <Evict {...props} /> : null;
}

/** Results that a site has computed again can go: the server says what speaks against it. */
function Evict({ dataset: { id }, onChanged }: Props) {
  const [isAsked, setAsked] = useState(false);
  const { data } = useQuery({
    queryKey: ["statements", id],
    queryFn: () => must(api.GET("/datasets/{id}/statements", { params: { path: { id } } })),
  });
  if (!data?.items?.some(({ reproduced, trusted }) => reproduced && trusted)) return null;
  return (
    <Group gap="sm">
      <Text>{t.theseResultsWereReproduced}</Text>
      <Button size="compact-sm" variant="light" onClick={() => setAsked(true)}>
        {t.evict}
      </Button>
      <ConfirmDialog
        title={t.evictTheFiles}
        action={t.evict}
        isDangerous
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        onConfirm={async () => {
          const body = { reproducible: true };
          await must(api.POST("/datasets/{id}/eviction", { params: { path: { id } }, body }));
          await onChanged();
        }}
      >
        <Text size="sm">{t.theDiskIsFreed}</Text>
      </ConfirmDialog>
    </Group>
  );
}

function Away({ dataset: { id }, onChanged }: Props) {
  const { data } = useQuery({
    queryKey: ["eviction", id],
    queryFn: async () => {
      const eviction = await must(api.GET("/datasets/{id}/eviction", { params: { path: { id } } }));
      if (eviction.state === "here") await onChanged();
      return eviction;
    },
    refetchInterval: 5_000,
  });
  if (!data || data.state === "here") return null;
  return (
    <Alert variant="light" title={bytesTitle(data)}>
      {[data.problem, ...data.sites.map(({ site, problem }) => problem && `${site}: ${problem}`)]
        .filter((problem) => !!problem)
        .map((problem) => (
          <Text size="sm" key={problem}>
            {problem}
          </Text>
        ))}
      {data.reproduction && data.state === "evicted" && <BringBack run={data.reproduction.run} />}
    </Alert>
  );
}

/** Runs the program again. The server compares the files before it serves them. */
function BringBack({ run }: { run: string }) {
  const work = useWork();
  const [rerun, setRerun] = useState<Run>();
  const bringBack = async () => {
    setRerun(await must(api.POST("/runs/{run}/rerun", { params: { path: { run } }, body: { restore: true } })));
  };
  const results = rerun?.outputs?.[0] as string | undefined;
  return (
    <>
      <ProblemAlert error={work.error} title={t.couldNotBringThemBack} />
      {rerun && results ? (
        <Text size="sm">
          <Anchor component={Link} to={`/datasets/${results}/analysis?run=${rerun.id}`} inherit>
            {t.aRunComputesThem}
          </Anchor>
        </Text>
      ) : (
        <Button size="compact-sm" loading={work.isBusy} onClick={() => work.run(bringBack)}>
          {t.bringBack}
        </Button>
      )}
    </>
  );
}

function bytesTitle({ state, holders, sites, reproduction }: Eviction): string {
  const held = sites.filter(({ holds }) => holds).map(({ site }) => site);
  if (reproduction) return t.itsFilesAreComputedAgain(`hutch rerun ${reproduction.run} --restore`);
  if (state === "held") return t.itsFilesAreAlsoHeld(held.join(", "));
  if (state === "evicted") return t.itsFilesAreHeld(held.join(", "));
  if (state === "wanted")
    return t.itsFilesGoFromTheHome(holders && holders > 1 ? t.otherSitesHold(holders) : t.anotherSiteHolds);
  if (state === "recalling") return t.itsFilesAreOnTheirWay;
  return t.itsFilesAreBack;
}
