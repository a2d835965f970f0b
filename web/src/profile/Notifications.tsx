import { Checkbox, Paper, Stack, Table, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation } from "react-router";
import { api, done, must } from "../api/client";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { profile as t } from "../messages/en";

const key = ["notifications"];

const kinds: Record<string, string> = {
  shares: t.sharedDatasets,
  requests: t.offersAndRequests,
  copies: t.copiesAtSites,
  runs: t.runsOfPrograms,
  acquisitions: t.endedAcquisitions,
  expiry: t.filesWhoseTimeEnds,
};

/** For each kind of notification: whether the bell shows it, and whether it is mailed. */
export function Notifications() {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: key, queryFn: () => must(api.GET("/me/notifications")) });
  const work = useWork();
  const title = useRef<HTMLHeadingElement>(null);
  const { hash } = useLocation();
  useEffect(() => {
    if (query.isSuccess && hash === "#notifications") title.current?.scrollIntoView();
  }, [query.isSuccess, hash]);
  const choose = (kind: string, body: { bell: boolean; mail: boolean }) =>
    work.run(async () => {
      // The tick changes at once, and changes back if the server refuses.
      queries.setQueryData(
        key,
        (before: typeof query.data) =>
          before && { ...before, items: before.items.map((one) => (one.kind === kind ? { kind, ...body } : one)) },
      );
      try {
        await done(api.PUT("/me/notifications/{kind}", { params: { path: { kind } }, body }));
      } finally {
        await Promise.all([key, ["mails", "bell"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
      }
    });
  return (
    <section aria-labelledby="notifications">
      <Title order={2} size="h4" id="notifications" ref={title} mb="xs">
        {t.notifications}
      </Title>
      <Stack gap="sm">
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadYourNotifications} onRetry={() => query.refetch()} />
        )}
        <ProblemAlert error={work.error} title={t.couldNotSaveYourProfile} />
        {query.data && (
          <Paper withBorder>
            <Table aria-labelledby="notifications">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t.about}</Table.Th>
                  <Table.Th w={80}>{t.inBell}</Table.Th>
                  <Table.Th w={80}>{t.byEmail}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {query.data.items.map(({ kind, bell, mail }) => {
                  const name = kinds[kind] ?? kind;
                  return (
                    <Table.Tr key={kind}>
                      <Table.Td>{name}</Table.Td>
                      <Table.Td>
                        <Checkbox
                          aria-label={t.inTheBell(name)}
                          checked={bell}
                          onChange={(e) => choose(kind, { bell: e.currentTarget.checked, mail })}
                        />
                      </Table.Td>
                      <Table.Td>
                        <Checkbox
                          aria-label={t.byEmailOf(name)}
                          checked={mail}
                          onChange={(e) => choose(kind, { bell, mail: e.currentTarget.checked })}
                        />
                      </Table.Td>
                    </Table.Tr>
                  );
                })}
              </Table.Tbody>
            </Table>
          </Paper>
        )}
      </Stack>
    </section>
  );
}
