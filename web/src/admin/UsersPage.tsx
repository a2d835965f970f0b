import {
  Badge,
  Button,
  Checkbox,
  Group,
  Menu,
  Modal,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { CopyField } from "../components/CopyField";
import { MoreIcon, PlusIcon, SearchIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { NameInput } from "../components/NameInput";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { ShownOnce } from "../components/ShownOnce";
import { Time } from "../components/Time";
import { useListState } from "../components/useListState";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { WideTable } from "../components/WideTable";
import { admin as t } from "../messages/en";
import { TransferDialog } from "./TransferDialog";

type User = Schemas["UserInfo"];
type Act = "roles" | "disable" | "enable" | "hand-over";
const roles = ["operator", "site-admin", "auditor", "administrator"];

/** Whether a user has a text in the name, address or a role. */
function hasPart({ name, displayName, email, roles }: User, part: string): boolean {
  const text = [name, displayName, email, ...(roles ?? [])].join(" ").toLowerCase();
  return text.includes(part.trim().toLowerCase());
}

/** All user accounts. */
export default function UsersPage() {
  usePageTitle(t.users);
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ["users"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => must(api.GET("/users", { params: { query: { limit: 200, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const all = useMemo(() => query.data?.pages.flatMap((page) => page.items ?? []) ?? [], [query.data]);
  const [{ q: typed }, change] = useListState({ q: "" });
  const users = useMemo(() => all.filter((user) => hasPart(user, typed)), [all, typed]);
  const [isMaking, setMaking] = useState(false);
  const [acting, setActing] = useState<{ act: Act; user: User }>();
  const [link, setLink] = useState<{ user: string; url: string; expires: string }>();
  const work = useWork();
  const renew = () => queries.invalidateQueries({ queryKey: ["users"] });
  const makeLink = (user: string) =>
    work.run(async () => {
      setLink({ user, ...(await must(api.POST("/users/{name}/login-link", { params: { path: { name: user } } }))) });
    });
  return (
    <>
      <PageHeader
        title={t.users}
        actions={
          <Button leftSection={<PlusIcon size={16} />} onClick={() => setMaking(true)}>
            {t.newUser}
          </Button>
        }
      >
        {t.accountsRolesAndOneTimeLogin}
      </PageHeader>
      <Stack>
        {link && (
          <ShownOnce title={t.oneTimeLoginLinkForCopy(link.user)} onClose={() => setLink(undefined)}>
            <CopyField label={t.oneTimeLink} value={link.url} />
            <Text size="sm">
              {t.whoeverOpensItFirstIsLogged}
              <Time value={link.expires} />.
            </Text>
          </ShownOnce>
        )}
        <ProblemAlert error={work.error} />
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadTheUsers} onRetry={() => query.refetch()} />
        )}
        {all.length > 0 && (
          <TextInput
            type="search"
            aria-label={t.filterByNameEmailOrRole}
            placeholder={t.filterByNameEmailOrRole}
            leftSection={<SearchIcon size={16} />}
            value={typed}
            onChange={(event) => change({ q: event.currentTarget.value })}
            maw={360}
          />
        )}
        {all.length > 0 && users.length === 0 && (
          <Text size="sm" c="dimmed">
            {t.noResults}
            {query.hasNextPage ? t.amongTheUsersThatAreLoaded : ""}.
          </Text>
        )}
        {users.length > 0 && (
          <WideTable label={t.users} hasActions minWidth={340}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.user}</Table.Th>
                <Table.Th w={{ base: 170, sm: 260 }}>{t.roles}</Table.Th>
                <Table.Th w={130} visibleFrom="sm">
                  {t.created}
                </Table.Th>
                <Table.Th w={130} visibleFrom="sm">
                  {t.lastLogin}
                </Table.Th>
                <Table.Th w={60}>
                  <VisuallyHidden>{t.actions}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {users.map((user) => (
                <Table.Tr key={user.name}>
                  <Table.Td style={{ maxWidth: 0 }}>
                    <Text size="sm" fw={600} truncate>
                      <Name>{user.name}</Name>
                    </Text>
                    {(user.displayName || user.email) && (
                      <Text size="xs" c="dimmed" truncate>
                        <Name>{[user.displayName, user.email].filter(Boolean).join(", ")}</Name>
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {user.disabled && (
                        <Badge color="red" variant="light" tt="none">
                          {t.disabled}
                        </Badge>
                      )}
                      {user.roles
                        ?.filter((role) => role !== "user")
                        .map((role) => (
                          <Badge key={role} variant="light" tt="none">
                            {role}
                          </Badge>
                        ))}
                    </Group>
                  </Table.Td>
                  <Table.Td visibleFrom="sm">
                    <Text size="sm" c="dimmed">
                      <Time value={user.created} />
                    </Text>
                  </Table.Td>
                  <Table.Td visibleFrom="sm">
                    <Text size="sm" c="dimmed" component="div">
                      {user.lastLogin ? <Time value={user.lastLogin} /> : "–"}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Menu position="bottom-end" width={210}>
                      <Menu.Target>
                        <Button variant="subtle" color="gray" size="compact-sm" aria-label={t.actionsFor(user.name)}>
                          <MoreIcon size={16} />
                        </Button>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item onClick={() => makeLink(user.name)}>{t.createLoginLink}</Menu.Item>
                        <Menu.Item onClick={() => setActing({ act: "roles", user })}>{t.changeRoles}</Menu.Item>
                        <Menu.Item onClick={() => setActing({ act: "hand-over", user })}>
                          {t.transferEverything2}
                        </Menu.Item>
                        {user.disabled ? (
                          <Menu.Item onClick={() => setActing({ act: "enable", user })}>{t.enable}</Menu.Item>
                        ) : (
                          <Menu.Item onClick={() => setActing({ act: "disable", user })}>{t.disable}</Menu.Item>
                        )}
                      </Menu.Dropdown>
                    </Menu>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </WideTable>
        )}
        <MoreButton list={query} />
      </Stack>
      {isMaking && (
        <NewAccount
          onClose={() => setMaking(false)}
          onMade={async (name) => {
            setMaking(false);
            await renew();
            await makeLink(name);
          }}
        />
      )}
      {acting?.act === "roles" && (
        <RolesDialog user={acting.user} onClose={() => setActing(undefined)} onSaved={renew} />
      )}
      {acting?.act === "hand-over" && <TransferDialog user={acting.user.name} onClose={() => setActing(undefined)} />}
      <ConfirmDialog
        title={acting?.act === "enable" ? t.enableThisAccount : t.disableThisAccount}
        action={acting?.act === "enable" ? t.enableAccount : t.disableAccount}
        isDangerous={acting?.act === "disable"}
        isOpen={acting?.act === "disable" || acting?.act === "enable"}
        onClose={() => setActing(undefined)}
        onConfirm={async () => {
          if (acting)
            await must(
              api.PATCH("/users/{name}", {
                params: { path: { name: acting.user.name } },
                body: { disabled: acting.act === "disable" },
              }),
            );
          await renew();
        }}
      >
        <Text size="sm">
          <Name wrap>{acting?.user.name ?? ""}</Name>{" "}
          {acting?.act === "enable" ? t.canLogInAgainOldSessions : t.isLoggedOutEverywhereAndAll}
        </Text>
      </ConfirmDialog>
    </>
  );
}

function NewAccount({ onClose, onMade }: { onClose: () => void; onMade: (name: string) => Promise<void> }) {
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [email, setEmail] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const work = useWork();
  const create = work.onSubmit(async () => {
    const made = await must(
      api.POST("/users", {
        body: {
          name: name.trim(),
          displayName: displayName.trim() || undefined,
          email: email.trim() || undefined,
          roles: chosen.length > 0 ? chosen : undefined,
        },
      }),
    );
    await onMade(made.name);
  });
  return (
    <Modal opened onClose={onClose} title={t.newUser} centered closeButtonProps={{ "aria-label": t.close }}>
      <form onSubmit={create}>
        <Stack>
          <NameInput
            label={t.username}
            description={t.lowercaseLettersDigitsAndHyphens}
            value={name}
            onChange={setName}
          />
          <TextInput label={t.fullName} value={displayName} onChange={(e) => setDisplayName(e.currentTarget.value)} />
          <TextInput label={t.email} type="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
          <RoleBoxes chosen={chosen} onChange={setChosen} />
          <ProblemAlert error={work.error} title={t.couldNotCreateTheUser} />
          <Group justify="flex-end">
            <Button type="submit" loading={work.isBusy}>
              {t.createWithLoginLink}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function RolesDialog({ user, onClose, onSaved }: { user: User; onClose: () => void; onSaved: () => Promise<void> }) {
  const [chosen, setChosen] = useState(user.roles ?? []);
  return (
    <ConfirmDialog
      title={t.rolesOf(user.name)}
      action={t.save}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await must(api.PATCH("/users/{name}", { params: { path: { name: user.name } }, body: { roles: chosen } }));
        await onSaved();
      }}
    >
      <RoleBoxes chosen={chosen} onChange={setChosen} />
    </ConfirmDialog>
  );
}

function RoleBoxes({ chosen, onChange }: { chosen: string[]; onChange: (roles: string[]) => void }) {
  return (
    <Checkbox.Group label={t.roles} value={chosen} onChange={onChange}>
      <Stack gap={8} mt={6}>
        {roles.map((role) => (
          <Checkbox key={role} value={role} label={role} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
