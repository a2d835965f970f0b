import { Accordion, Button, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { apiRoot } from "../api/base";
import { sendOk } from "../api/client";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Time } from "../components/Time";
import { metadata as t } from "../messages/en";
import { plural } from "../text/format";
import { visibleText } from "../text/visible";
import { useType } from "../types/useTypes";
import { ChangeTable } from "./ChangeTable";
import { type Change, changesBetween, formatted, valueAt } from "./document";
import { JsonView } from "./JsonView";

interface Edit {
  version: number;
  author: string;
  time: string;
  text: string;
}

interface Page {
  edits: Edit[];
  next: string | undefined;
}

const editsAtOnce = 20;
const namesShown = 4;

interface MetadataHistoryProps {
  id: string;
  type: string;
  /** Goes on from an earlier text; undefined for who may not edit. */
  onRestore: ((text: string) => void) | undefined;
}

/** Who has changed what, and when, the newest first. */
export function MetadataHistory({ id, type, onRestore }: MetadataHistoryProps) {
  const query = useInfiniteQuery({
    queryKey: ["metadata-history", id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => loadPage(id, pageParam, signal),
    getNextPageParam: (page) => page.next,
  });
  const known = useType(type);
  const edits = query.data?.pages.flatMap((page) => page.edits) ?? [];
  if (query.isError && !query.data) return <ProblemAlert error={query.error} title={t.couldNotLoadTheHistory} />;
  if (edits.length === 0) return null;
  const titleOf = (name: string) => known.data?.attributes?.find((one) => one.name === name)?.title ?? name;
  return (
    <Section title={t.history}>
      <Accordion variant="contained">
        {edits.map((edit, index) => {
          const before = edits[index + 1];
          // The one before the last that is loaded is on the next page.
          const isKnown = before !== undefined || edit.version === 1;
          const changes = isKnown ? changesBetween(before?.text ?? "{}", edit.text) : [];
          return (
            <Accordion.Item key={edit.version} value={String(edit.version)}>
              <Accordion.Control>
                <Text size="sm" fw={550} style={{ overflowWrap: "anywhere" }}>
                  {isKnown ? visibleText(summaryOf(changes, titleOf)) : t.version(edit.version)}
                </Text>
                <Text size="xs" c="dimmed">
                  {t.version2}
                  {edit.version}
                  {t.by}
                  <Name>{edit.author}</Name>, <Time value={edit.time} />
                </Text>
              </Accordion.Control>
              <Accordion.Panel>
                <Stack gap="xs" align="flex-start">
                  {changes.length > 0 && (
                    <ChangeTable label={t.changesOfVersion(edit.version)} changes={changes} titleOf={titleOf} />
                  )}
                  {index > 0 && <JsonView text={formatted(edit.text)} label={t.version(edit.version)} />}
                  {onRestore && index > 0 && (
                    <Button size="xs" variant="default" onClick={() => onRestore(formatted(edit.text))}>
                      {t.restoreVersion(edit.version)}
                    </Button>
                  )}
                </Stack>
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
      <MoreButton list={query} />
    </Section>
  );
}

// As text: a number that is read and written again may be another one.
async function loadPage(id: string, cursor: string | undefined, signal: AbortSignal): Promise<Page> {
  const after = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const response = await sendOk(`${apiRoot}/datasets/${id}/metadata/history?limit=${editsAtOnce}${after}`, { signal });
  const page = await response.text();
  const { items, next } = JSON.parse(page) as { items: Omit<Edit, "text">[]; next?: string };
  return {
    edits: items.map((edit, index) => ({ ...edit, text: valueAt(page, ["items", index, "document"]) ?? "{}" })),
    next,
  };
}

function summaryOf(changes: Change[], titleOf: (name: string) => string): string {
  const names = changes.map(({ path }) => titleOf(path.join(".")));
  if (names.length === 0) return t.nothingButTheLayout;
  const rest = names.length - namesShown;
  return t.namesAndMore(names.slice(0, namesShown).join(", "), rest > 0 ? plural(rest, t.countOtherValues) : "");
}
