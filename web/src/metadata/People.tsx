import { Anchor, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, isCode, must } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { type Dataset, hasRight } from "../dataset/context";
import { metadata as t } from "../messages/en";
import { isPerson, useSession } from "../session/session";
import { visibleText } from "../text/visible";
import { type Contact, type People as Found, readPeople } from "./readPeople";

/** The people of a facility's dataset, for its members; nothing for anybody else. */
export function People({ dataset }: { dataset: Dataset }) {
  const { me } = useSession();
  const query = useQuery({
    queryKey: ["people", dataset.id],
    queryFn: () => loadPeople(dataset.id),
    enabled: dataset.inFolder === true && isPerson(me) && hasRight(dataset, "read"),
  });
  if (query.isError) return <ProblemAlert error={query.error} title={t.couldNotLoadThePeople} />;
  if (!query.data) return null;
  const { contacts, others } = query.data;
  if (contacts.length === 0 && others.length === 0) return null;
  return (
    <Section title={t.people}>
      <Stack gap="xs">
        {contacts.map((contact, i) => (
          <Person key={i} contact={contact} />
        ))}
        {others.length > 0 && (
          <Table aria-label={t.moreAboutPeople} layout="auto">
            <Table.Tbody>
              {others.map(({ key, text }) => (
                <Table.Tr key={key}>
                  <Table.Th scope="row" w="40%" fw={500} style={{ overflowWrap: "anywhere" }}>
                    {visibleText(key)}
                  </Table.Th>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{visibleText(text)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        <Text size="sm" c="dimmed">
          {t.onlyMembersOfThisDatasetSee}
        </Text>
      </Stack>
    </Section>
  );
}

function Person({ contact: { name, email, affiliation } }: { contact: Contact }) {
  return (
    <Text size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
      {name && <b>{visibleText(name)}</b>}
      {name && email && " · "}
      {email && (
        <Anchor inherit underline="always" href={`mailto:${encodeURIComponent(email).replace("%40", "@")}`}>
          {visibleText(email)}
        </Anchor>
      )}
      {affiliation && <Text size="sm">{visibleText(affiliation)}</Text>}
    </Text>
  );
}

/** Whoever sees a public dataset and is no member is refused: for them there are no people. */
async function loadPeople(id: string): Promise<Found | null> {
  try {
    return readPeople(await must(api.GET("/datasets/{id}/personal", { params: { path: { id } } })));
  } catch (problem) {
    if (isCode(problem, "forbidden")) return null;
    throw problem;
  }
}
