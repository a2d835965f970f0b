import { Alert, Button, Code, Group, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { EndButton } from "../components/EndButton";
import { WarningIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet, Section } from "../components/Section";
import { StatusBadge } from "../components/StatusBadge";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { WideTable } from "../components/WideTable";
import type { DatasetContext } from "../dataset/context";
import { useCopies } from "../dataset/useCopies";
import { sites as t } from "../messages/en";
import { Arrived, copyColours } from "./Arrived";
import { Bytes } from "./Bytes";
import { LackedFiles } from "./LackedFiles";
import { Nearline } from "./Nearline";
import { PinForm } from "./PinForm";
import { isPin } from "./pins";
import { SiteSelect } from "./SiteSelect";

type Copies = Schemas["CopyList"];
type Copy = Schemas["CopyInfo"];
type Rule = Schemas["RuleInfo"];
type Standing = Schemas["RuleStanding"];

const ruleColours: Record<string, string> = { fulfilled: "green", degraded: "yellow", impossible: "red" };

/** At which sites a dataset is, and why. */
export default function SitesTab() {
  const { dataset, canManage, refresh: refreshDataset } = useOutletContext<DatasetContext>();
  const { copies, rules } = useCopies(dataset, true, true);
  const [question, setQuestion] = useState<Question>();
  const refresh = () => Promise.all([copies.refetch(), rules.refetch()]);
  const refreshAll = () => Promise.all([refresh(), refreshDataset()]);
  if (copies.isPending) return <Loading />;
  // Loaded data stay while a reload fails, because the user may be typing.
  if (!copies.data)
    return <ProblemAlert error={copies.error} title={t.couldNotLoadTheCopies} onRetry={() => copies.refetch()} />;
  return (
    <Stack gap="xl" maw={1100}>
      <Home copies={copies.data} />
      <Nearline dataset={dataset} />
      <Bytes dataset={dataset} canManage={canManage} onChanged={refreshAll} />
      <Section title={t.copies}>
        {copies.data.items.length > 0 ? (
          <CopyTable
            copies={copies.data.items}
            takeBack={canManage ? (site) => setQuestion({ takeBack: site }) : undefined}
          />
        ) : (
          <Quiet>{t.noOtherSiteHas}</Quiet>
        )}
        {canManage && copies.data.others && (
          <AskForCopy dataset={dataset.id} sites={copies.data.others} onAsked={() => copies.refetch()} />
        )}
      </Section>
      {canManage && (
        <Section title={t.rules}>
          <ProblemAlert error={rules.error} title={t.couldNotLoadTheRules} onRetry={() => rules.refetch()} />
          {rules.data?.items.length === 0 && <Quiet>{t.noPlacementRuleApplies}</Quiet>}
          {rules.data && rules.data.items.length > 0 && (
            <RuleTable rules={rules.data.items} end={(rule) => setQuestion({ end: rule })} />
          )}
          {rules.data && copies.data.others && (
            <PinForm
              dataset={dataset.id}
              sites={copies.data.others}
              rules={rules.data.items.map(({ rule }) => rule)}
              onPinned={refresh}
            />
          )}
        </Section>
      )}
      <Questions dataset={dataset.id} question={question} onClose={() => setQuestion(undefined)} onDone={refresh} />
    </Stack>
  );
}

type Question = { takeBack: string } | { end: Rule };

interface QuestionsProps {
  dataset: string;
  question: Question | undefined;
  onClose: () => void;
  onDone: () => Promise<unknown>;
}

/** What is asked before copies may go. */
function Questions({ dataset, question, onClose, onDone }: QuestionsProps) {
  if (!question) return null;
  if ("takeBack" in question) {
    const site = question.takeBack;
    return (
      <ConfirmDialog
        title={t.cancelTheCopy(site)}
        action={t.cancelCopy}
        isOpen
        onClose={onClose}
        onConfirm={async () => {
          await must(api.DELETE("/datasets/{id}/copies/{site}", { params: { path: { id: dataset, site } } }));
          await onDone();
        }}
      >
        <Text size="sm">{t.theRulesDecideFromNow}</Text>
      </ConfirmDialog>
    );
  }
  const { number, rule } = question.end;
  return (
    <ConfirmDialog
      title={isPin(question.end) ? t.endThisPin : t.endThisRule}
      action={isPin(question.end) ? t.endPin : t.endRule}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await must(api.DELETE("/rules/{rule}", { params: { path: { rule: String(number) } } }));
        await onDone();
      }}
    >
      <Text size="sm">
        <Code>{rule}</Code>
      </Text>
      <Text size="sm">{t.copiesThatNoOtherRuleWants}</Text>
    </ConfirmDialog>
  );
}

/** Where it is written, and whether that changes. */
function Home({ copies }: { copies: Copies }) {
  return (
    <Stack gap="sm">
      <Text>
        {t.homeSite}
        <Name>{copies.home}</Name>
        {t.changesMadeElsewhereAreForwarded}
      </Text>
      {copies.movingTo != null && (
        <Alert variant="light" color="yellow" title={t.itIsMoving(copies.movingTo)} icon={<WarningIcon />}>
          {copies.moveProblem ?? (copies.paused ? t.nothingCanBeWrittenUntil : t.itCanBeChangedUntil)}
        </Alert>
      )}
    </Stack>
  );
}

function CopyTable({ copies, takeBack }: { copies: Copy[]; takeBack?: (site: string) => void }) {
  return (
    <WideTable label={t.copies} minWidth={820}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={120}>{t.site}</Table.Th>
          <Table.Th w={115}>{t.state}</Table.Th>
          <Table.Th w={80} ta="right">
            {t.version}
          </Table.Th>
          <Table.Th w={170}>{t.stored}</Table.Th>
          <Table.Th w={120}>{t.lastHeard}</Table.Th>
          <Table.Th>{t.why}</Table.Th>
          {takeBack && (
            <Table.Th w={110}>
              <VisuallyHidden>{t.actions}</VisuallyHidden>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {copies.map((copy) => (
          <Table.Tr key={copy.site}>
            <Table.Td>
              <Name>{copy.site}</Name>
            </Table.Td>
            <Table.Td>
              <StatusBadge colours={copyColours}>{copy.state}</StatusBadge>
            </Table.Td>
            <Table.Td ta="right">{copy.snapshot ? `@${copy.snapshot}` : "–"}</Table.Td>
            <Table.Td>
              <Arrived copy={copy} />
            </Table.Td>
            <Table.Td>{copy.told ? <Time value={copy.told} /> : "–"}</Table.Td>
            <Table.Td>
              <Text size="sm">{copy.reason ? t.it(copy.reason) : t.aUserRequested}</Text>
              {copy.problem && (
                <Text size="sm" c="red">
                  {copy.problem}
                </Text>
              )}
              <LackedFiles copy={copy} />
            </Table.Td>
            {takeBack && (
              <Table.Td ta="right">
                {!copy.chosen && copy.state !== "released" && (
                  <EndButton label={t.cancelTheCopy2(copy.site)} onClick={() => takeBack(copy.site)}>
                    {t.cancelCopy}
                  </EndButton>
                )}
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

interface AskForCopyProps {
  dataset: string;
  sites: string[];
  onAsked: () => Promise<unknown>;
}

function AskForCopy({ dataset, sites, onAsked }: AskForCopyProps) {
  const [site, setSite] = useState("");
  const work = useWork();
  const ask = work.onSubmit(async () => {
    await must(api.POST("/datasets/{id}/copies", { params: { path: { id: dataset } }, body: { site } }));
    setSite("");
    await onAsked();
  });
  return (
    <form onSubmit={ask}>
      <Stack mt="md" maw={420}>
        <ProblemAlert error={work.error} title={t.couldNotAddACopy} />
        <Group align="flex-end">
          <SiteSelect label={t.addACopy} sites={sites} value={site} onChange={setSite} />
          <Button type="submit" variant="default" loading={work.isBusy} disabled={site === ""}>
            {t.copy}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function RuleTable({ rules, end }: { rules: Standing[]; end: (rule: Rule) => void }) {
  return (
    <WideTable label={t.rules} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.rule}</Table.Th>
          <Table.Th w={130}>{t.state}</Table.Th>
          <Table.Th>{t.result}</Table.Th>
          <Table.Th w={130}>{t.ends}</Table.Th>
          <Table.Th w={90}>
            <VisuallyHidden>{t.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rules.map(({ rule, state, summary, sites }) => (
          <Table.Tr key={rule.number}>
            <Table.Td ff="monospace">{rule.rule}</Table.Td>
            <Table.Td>
              <StatusBadge colours={ruleColours}>{state}</StatusBadge>
            </Table.Td>
            <Table.Td>
              <Text size="sm">{summary}</Text>
              {sites.map(({ site, reason }) => (
                <Text key={site} size="sm" c="dimmed">
                  {`${site} ${reason}.`}
                </Text>
              ))}
            </Table.Td>
            <Table.Td>{rule.until ? <Time value={rule.until} /> : "never"}</Table.Td>
            <Table.Td ta="right">
              {rule.scope === "dataset" && (
                <EndButton label={t.endRule2(rule.number)} onClick={() => end(rule)}>
                  {isPin(rule) ? t.unpin : t.end}
                </EndButton>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
