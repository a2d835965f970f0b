import { Button, Group, NativeSelect, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { serverAddress } from "../api/base";
import { api, done, must } from "../api/client";
import { CopyField } from "../components/CopyField";
import { EndButton } from "../components/EndButton";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { ShownOnce } from "../components/ShownOnce";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import type { DatasetContext } from "../dataset/context";
import { Requests } from "../datasets/Requests";
import { access as t } from "../messages/en";
import { lifeChoices } from "../text/lifetimes";
import { rightChoices } from "../text/rights";
import { InvitePanel } from "./InvitePanel";
import { Offers } from "./Offers";
import { ShareForm } from "./ShareForm";
import { VisibilityPanel } from "./VisibilityPanel";

/** Visibility, rights of users and groups, invites and share links. */
export default function AccessTab() {
  return <AccessPanels context={useOutletContext<DatasetContext>()} />;
}

/** The same, for a page and for a dialog. */
export function AccessPanels({ context }: { context: DatasetContext }) {
  const { dataset } = context;
  return (
    <Stack gap="xl" maw={860}>
      <Requests dataset={dataset.id} />
      <Grants id={dataset.id} owner={dataset.owner} />
      <VisibilityPanel context={context} />
      <InvitePanel target={{ kind: "dataset", id: dataset.id }} />
      <Links id={dataset.id} />
    </Stack>
  );
}

function Grants({ id, owner }: { id: string; owner: string }) {
  const queries = useQueryClient();
  const key = ["grants", id];
  const query = useQuery({
    queryKey: key,
    queryFn: () => must(api.GET("/datasets/{id}/grants", { params: { path: { id } } })),
  });
  const work = useWork();
  const change = (act: () => Promise<unknown>) =>
    work.run(async () => {
      await act();
      await queries.invalidateQueries({ queryKey: key });
    });
  const put = (principal: string, wanted: string) =>
    must(
      api.PUT("/datasets/{id}/grants/{principal}", { params: { path: { id, principal } }, body: { right: wanted } }),
    );
  const grants = (query.data?.items ?? []).filter((grant) => grant.principal !== "public");
  return (
    <section aria-labelledby="grants">
      <Title order={2} size="h4" id="grants" mb="xs">
        {t.usersAndGroups}
      </Title>
      <Stack gap="sm">
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadTheAccessList} onRetry={() => query.refetch()} />
        )}
        <ProblemAlert error={work.error} title={t.couldNotChangeTheAccess} />
        <ShareForm id={id} />
        <Paper withBorder>
          <Table aria-label={t.accessOfUsersAndGroups}>
            <Table.Tbody>
              <Table.Tr>
                <Table.Td>
                  <Name>{owner}</Name>
                </Table.Td>
                <Table.Td c="dimmed" w={170}>
                  {t.owner}
                </Table.Td>
                <Table.Td w={110} />
              </Table.Tr>
              {grants.map((grant) => (
                <Table.Tr key={grant.principal}>
                  <Table.Td style={{ maxWidth: 0 }}>
                    <Name>{grant.principal.slice(grant.principal.indexOf(":") + 1)}</Name>
                    <Text size="xs" c="dimmed">
                      {grant.principal.startsWith("group:") ? t.group : t.user}
                      {grant.time && (
                        <Text span inherit visibleFrom="sm">
                          {t.since}
                          <Time value={grant.time} />
                        </Text>
                      )}
                    </Text>
                  </Table.Td>
                  <Table.Td w={170}>
                    <NativeSelect
                      aria-label={t.accessOf(grant.principal)}
                      size="xs"
                      data={rightChoices}
                      value={grant.right}
                      disabled={work.isBusy}
                      onChange={(event) => change(() => put(grant.principal, event.currentTarget.value))}
                    />
                  </Table.Td>
                  <Table.Td w={110} ta="right">
                    <EndButton
                      label={t.remove2(grant.principal)}
                      isDisabled={work.isBusy}
                      onClick={() =>
                        change(() =>
                          done(
                            api.DELETE("/datasets/{id}/grants/{principal}", {
                              params: { path: { id, principal: grant.principal } },
                            }),
                          ),
                        )
                      }
                    >
                      {t.remove}
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

function Links({ id }: { id: string }) {
  const queries = useQueryClient();
  const key = ["links", id];
  const query = useQuery({
    queryKey: key,
    queryFn: () => must(api.GET("/datasets/{id}/links", { params: { path: { id } } })),
  });
  const [right, setRight] = useState("read");
  const [life, setLife] = useState(String(7 * 86_400));
  const [made, setMade] = useState<string>();
  const work = useWork();
  const create = work.onSubmit(async () => {
    const link = await must(
      api.POST("/datasets/{id}/links", { params: { path: { id } }, body: { right, expiresIn: Number(life) } }),
    );
    setMade(link.url ?? `${serverAddress}/s#${link.token}`);
    await queries.invalidateQueries({ queryKey: key });
  });
  const revoke = (link: string) =>
    work.run(async () => {
      await done(api.DELETE("/datasets/{id}/links/{link}", { params: { path: { id, link } } }));
      setMade(undefined);
      await queries.invalidateQueries({ queryKey: key });
    });
  const links = query.data?.items ?? [];
  return (
    <section aria-labelledby="links">
      <Title order={2} size="h4" id="links" mb={4}>
        {t.shareLinks}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t.anyoneWithALinkCanOpen}
      </Text>
      <Stack gap="sm">
        <ProblemAlert error={work.error} />
        {made && (
          <ShownOnce title={t.linkCreatedCopyItNow}>
            <CopyField value={made} label={t.shareLink} />
          </ShownOnce>
        )}
        <Offers label={t.shareLinks} noun="link" offers={links} onRevoke={(offer) => revoke(offer.id)} />
        <form onSubmit={create}>
          <Group align="flex-end" gap="xs">
            <NativeSelect
              label={t.access}
              data={rightChoices.filter(({ value }) => value !== "manage")}
              value={right}
              onChange={(e) => setRight(e.currentTarget.value)}
              w={180}
            />
            <NativeSelect
              label={t.expiresAfter}
              data={lifeChoices}
              value={life}
              onChange={(e) => setLife(e.currentTarget.value)}
              w={130}
            />
            <Button type="submit" variant="default">
              {t.createLink}
            </Button>
          </Group>
        </form>
      </Stack>
    </section>
  );
}
