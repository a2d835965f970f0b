import { Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Quiet, Section } from "../components/Section";
import { Time } from "../components/Time";
import { WideTable } from "../components/WideTable";
import { dataset as t } from "../messages/en";
import { formatBytes, formatCount, plural } from "../text/format";
import type { Dataset } from "./context";

/** How often the dataset was downloaded: by whom, and how often by people who were not logged in. */
export function Downloads({ dataset }: { dataset: Dataset }) {
  const query = useQuery({
    queryKey: ["downloads", dataset.id],
    queryFn: () => must(api.GET("/datasets/{id}/downloads", { params: { path: { id: dataset.id } } })),
  });
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheDownloads} onRetry={() => query.refetch()} />;
  if (!query.data) return null;
  const { times, people, since, strangers, members } = query.data;
  return (
    <Section title={t.downloads}>
      {times === 0 ? (
        <Quiet>{t.thisDatasetWasNotDownloadedYet}</Quiet>
      ) : (
        <>
          <Text size="sm" mb="xs">
            {plural(times, t.countDownloads)}
            {t.since}
            <Time value={since} exact />
            {t.sizesAreWithoutArchives}
          </Text>
          <WideTable label={t.downloads} minWidth={420}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.who}</Table.Th>
                <Table.Th ta="right">{t.downloads}</Table.Th>
                <Table.Th ta="right">{t.size}</Table.Th>
                <Table.Th ta="right">{t.last}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {strangers && <Reader reader={strangers} />}
              {members.map((reader) => (
                <Reader key={reader.user} reader={reader} />
              ))}
            </Table.Tbody>
          </WideTable>
          {people > members.length && (
            <Quiet>{t.theWhoDownloadedLast(formatCount(members.length), plural(people, t.countPeople))}</Quiet>
          )}
        </>
      )}
    </Section>
  );
}

function Reader({ reader }: { reader: Schemas["ReaderDownloads"] }) {
  return (
    <Table.Tr>
      <Table.Td>{reader.user ? <Name>{reader.user}</Name> : t.notLogged}</Table.Td>
      <Table.Td ta="right">{formatCount(reader.times)}</Table.Td>
      <Table.Td ta="right">{formatBytes(reader.bytes)}</Table.Td>
      <Table.Td ta="right">
        <Time value={reader.last} />
      </Table.Td>
    </Table.Tr>
  );
}
