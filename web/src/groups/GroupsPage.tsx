import { Accordion, Badge, Button, Group, Modal, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { InvitePanel } from "../access/InvitePanel";
import { api, done, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { EmptyState } from "../components/EmptyState";
import { EndButton } from "../components/EndButton";
import { PlusIcon, UsersIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { NameInput } from "../components/NameInput";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { groups as t } from "../messages/en";
import { useSession } from "../session/session";
import { plural } from "../text/format";

type GroupInfo = Schemas["GroupInfo"];

/** Groups and their members. */
export default function GroupsPage() {
  usePageTitle(t.groups);
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["groups"],
    queryFn: () => must(api.GET("/groups", { params: { query: { limit: 1000 } } })),
  });
  const [isMaking, setMaking] = useState(false);
  const groups = query.data?.items ?? [];
  const make = (
    <Button leftSection={<PlusIcon size={16} />} onClick={() => setMaking(true)}>
      {t.newGroup}
    </Button>
  );
  return (
    <>
      <PageHeader title={t.groups} actions={groups.length > 0 && make}>
        {t.groupsCanOwnDatasetsAndGet}
      </PageHeader>
      {query.isPending && <Loading />}
      {query.isError && (
        <ProblemAlert error={query.error} title={t.couldNotLoadTheGroups} onRetry={() => query.refetch()} />
      )}
      {query.isSuccess && groups.length === 0 && (
        <EmptyState icon={<UsersIcon size={26} />} title={t.noGroupsYet} action={make}>
          {t.createOneForYourLab}
        </EmptyState>
      )}
      {groups.length > 0 && (
        <Accordion variant="contained" maw={760}>
          {groups.map((group) => (
            <GroupPanel
              key={group.name}
              group={group}
              onChange={() => queries.invalidateQueries({ queryKey: ["groups"] })}
            />
          ))}
        </Accordion>
      )}
      {isMaking && (
        <NewGroup onClose={() => setMaking(false)} onMade={() => queries.invalidateQueries({ queryKey: ["groups"] })} />
      )}
    </>
  );
}

function GroupPanel({ group, onChange }: { group: GroupInfo; onChange: () => Promise<void> }) {
  const { me, hasRole } = useSession();
  const members = group.members ?? [];
  const isManager = hasRole("administrator") || members.some((member) => member.user === me?.user && member.manager);
  const [name, setName] = useState("");
  const [isDeleting, setDeleting] = useState(false);
  const work = useWork();
  const change = (act: () => Promise<unknown>) =>
    work.run(async () => {
      await act();
      await onChange();
    });
  const put = (user: string, manager: boolean) =>
    must(
      api.PUT("/groups/{group}/members/{user}", { params: { path: { group: group.name, user } }, body: { manager } }),
    );
  const remove = (user: string) =>
    done(api.DELETE("/groups/{group}/members/{user}", { params: { path: { group: group.name, user } } }));
  const add = (event: FormEvent) => {
    event.preventDefault();
    void change(async () => {
      await put(name.trim(), false);
      setName("");
    });
  };
  return (
    <Accordion.Item value={group.name}>
      <Accordion.Control>
        <Group gap="xs">
          <Text fw={600}>
            <Name>{group.name}</Name>
          </Text>
          {members.length > 0 && (
            <Text size="sm" c="dimmed">
              {plural(members.length, t.countMembers)}
            </Text>
          )}
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="sm">
          <ProblemAlert error={work.error} advice={{ "not-found": t.checkTheSpellingOfTheName }} />
          {members.length === 0 && (
            <Text size="sm" c="dimmed">
              {t.onlyMembersCanSeeWho}
            </Text>
          )}
          {members.map((member) => (
            <Group key={member.user} justify="space-between" gap="xs">
              <Group gap="xs">
                <Name>{member.user}</Name>
                {member.manager && (
                  <Badge variant="light" tt="none">
                    {t.manager}
                  </Badge>
                )}
              </Group>
              <Group gap="sm">
                {isManager && (
                  <Switch
                    size="xs"
                    label={t.manager2}
                    checked={member.manager ?? false}
                    onChange={(event) => change(() => put(member.user, event.currentTarget.checked))}
                    aria-label={t.isAManager(member.user)}
                  />
                )}
                {(isManager || member.user === me?.user) && (
                  <EndButton label={t.remove(member.user)} onClick={() => change(() => remove(member.user))}>
                    {member.user === me?.user ? t.leave : t.remove2}
                  </EndButton>
                )}
              </Group>
            </Group>
          ))}
          {isManager && (
            <>
              <form onSubmit={add}>
                <Group gap="xs">
                  <TextInput
                    aria-label={t.addAUser}
                    placeholder="username"
                    value={name}
                    onChange={(e) => setName(e.currentTarget.value)}
                    flex={1}
                    autoCapitalize="none"
                    spellCheck={false}
                  />
                  <Button type="submit" variant="default" disabled={name.trim() === ""}>
                    {t.add}
                  </Button>
                </Group>
              </form>
              <InvitePanel target={{ kind: "group", id: group.name }} />
              <Button size="compact-sm" variant="subtle" color="red" w="fit-content" onClick={() => setDeleting(true)}>
                {t.deleteGroup}
              </Button>
            </>
          )}
        </Stack>
      </Accordion.Panel>
      <ConfirmDialog
        title={t.deleteThisGroup}
        action={t.deleteGroup}
        isDangerous
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await done(api.DELETE("/groups/{group}", { params: { path: { group: group.name } } }));
          await onChange();
        }}
      >
        <Text size="sm">
          <Name wrap>{group.name}</Name>
          {t.andTheAccessItGives}
        </Text>
      </ConfirmDialog>
    </Accordion.Item>
  );
}

function NewGroup({ onClose, onMade }: { onClose: () => void; onMade: () => Promise<void> }) {
  const [name, setName] = useState("");
  const work = useWork();
  const create = work.onSubmit(async () => {
    await must(api.POST("/groups", { body: { name: name.trim() } }));
    await onMade();
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t.newGroup} centered closeButtonProps={{ "aria-label": t.close }}>
      <form onSubmit={create}>
        <Stack>
          <NameInput label={t.name} description={t.lowercaseLettersDigitsAndHyphens} value={name} onChange={setName} />
          <ProblemAlert error={work.error} title={t.couldNotCreateTheGroup} />
          <Group justify="flex-end">
            <Button type="submit">{t.createGroup}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
