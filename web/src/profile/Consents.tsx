import { Anchor, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, done, must } from "../api/client";
import { EndButton } from "../components/EndButton";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import { profile as t } from "../messages/en";
import { choiceOf, describeChoice } from "../session/consents";
import { useZonePortal } from "../session/useSiteName";

/** The sites that the person allows to log them in. A site knows nothing of this: it is shown at the zone. */
export function Consents() {
  const zone = useZonePortal();
  return zone ? null : <ConsentsAtZone />;
}

function ConsentsAtZone() {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ["consents"], queryFn: () => must(api.GET("/me/consents")) });
  const work = useWork();
  const end = (site: string) =>
    work.run(async () => {
      await done(api.DELETE("/me/consents/{site}", { params: { path: { site } } }));
      await queries.invalidateQueries({ queryKey: ["consents"] });
    });
  if (query.data?.items.length === 0) return null;
  return (
    <section aria-labelledby="consents">
      <Title order={2} size="h4" id="consents" mb="xs">
        {t.sitesThatMayLogYouIn}
      </Title>
      <Stack gap="sm">
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadTheSites} onRetry={() => query.refetch()} />
        )}
        <ProblemAlert error={work.error} title={t.couldNotEndTheLogins} />
        <Paper withBorder>
          <Table aria-label={t.sitesThatMayLogYouIn}>
            <Table.Tbody>
              {query.data?.items.map((one) => (
                <Table.Tr key={one.site}>
                  <Table.Td style={{ maxWidth: 0 }}>
                    <Text size="sm" fw={600} truncate>
                      <Name>{one.site}</Name>
                    </Text>
                    <Text size="xs" c="dimmed">
                      {describeChoice(choiceOf(one.scopes), one.site)}
                      {t.since}
                      <Time value={one.given} />
                      {". "}
                      <Anchor component={Link} to={`/consent?site=${encodeURIComponent(one.site)}`} size="xs">
                        {t.changeWhatItMay(one.site)}
                      </Anchor>
                    </Text>
                  </Table.Td>
                  <Table.Td w={120} ta="right">
                    <EndButton label={t.endLoginsAt(one.site)} onClick={() => end(one.site)}>
                      {t.endLogins}
                    </EndButton>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      </Stack>
    </section>
  );
}
