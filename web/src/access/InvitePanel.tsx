import { Button, Group, NativeSelect, NumberInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, done, must, type Schemas } from "../api/client";
import { CopyField } from "../components/CopyField";
import { ProblemAlert } from "../components/ProblemAlert";
import { ShownOnce } from "../components/ShownOnce";
import { useWork } from "../components/useWork";
import { access as t } from "../messages/en";
import { lifeChoices } from "../text/lifetimes";
import { rightChoices } from "../text/rights";
import { Offers } from "./Offers";

type Target = { kind: "dataset" | "group"; id: string };
const memberChoices = [
  { value: "member", label: t.member },
  { value: "manager", label: t.manager },
];

const list = ({ kind, id }: Target) =>
  kind === "dataset"
    ? must(api.GET("/datasets/{id}/invites", { params: { path: { id } } }))
    : must(api.GET("/groups/{group}/invites", { params: { path: { group: id } } }));

const create = ({ kind, id }: Target, body: Schemas["CreateInvite"]) =>
  kind === "dataset"
    ? must(api.POST("/datasets/{id}/invites", { params: { path: { id } }, body }))
    : must(api.POST("/groups/{group}/invites", { params: { path: { group: id } }, body }));

/** Invites to a dataset or a group, for people without an account or whose username is not known. */
export function InvitePanel({ target }: { target: Target }) {
  const queries = useQueryClient();
  const key = ["invites", target.kind, target.id];
  const query = useQuery({ queryKey: key, queryFn: () => list(target) });
  const choices = target.kind === "dataset" ? rightChoices : memberChoices;
  const [right, setRight] = useState(target.kind === "dataset" ? "read" : "member");
  const [life, setLife] = useState(String(7 * 86_400));
  const [uses, setUses] = useState<number | string>(1);
  const [email, setEmail] = useState("");
  const [made, setMade] = useState<string>();
  const work = useWork();
  const change = (act: () => Promise<void>) =>
    work.run(async () => {
      await act();
      await queries.invalidateQueries({ queryKey: key });
    });
  const invite = (event: FormEvent) => {
    event.preventDefault();
    void change(async () => {
      const invited = await create(target, {
        right,
        expiresIn: Number(life),
        uses: Number(uses) || 1,
        email: email.trim() || undefined,
      });
      setMade(invited.url);
      setEmail("");
    });
  };
  const revoke = (id: string) =>
    change(async () => {
      await done(api.DELETE("/invites/{invite}", { params: { path: { invite: id } } }));
      setMade(undefined);
    });
  const invites = query.data?.items ?? [];
  const heading = `invites-${target.kind}-${target.id}`;
  return (
    <section aria-labelledby={heading}>
      <Title order={2} size="h4" id={heading} mb={4}>
        {t.invites}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {target.kind === "dataset" ? t.invitePeopleByLinkOrEmail : t.invitePeopleByLinkOrEmail2}
      </Text>
      <Stack gap="sm">
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadTheInvites} onRetry={() => query.refetch()} />
        )}
        <ProblemAlert error={work.error} />
        {made && (
          <ShownOnce title={t.inviteCreatedCopyTheLinkNow}>
            <CopyField value={made} label={t.inviteLink} />
          </ShownOnce>
        )}
        <Offers
          label={t.invites}
          noun="invite"
          offers={invites}
          describe={({ used, uses }) => t.ofUsed(used, uses)}
          onRevoke={({ id }) => revoke(id)}
        />
        <form onSubmit={invite}>
          <Group align="flex-end" gap="xs">
            <NativeSelect
              label={target.kind === "dataset" ? t.access : t.role}
              data={choices}
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
            <NumberInput
              label={t.maxPeople}
              min={1}
              max={1000}
              allowDecimal={false}
              value={uses}
              onChange={setUses}
              w={90}
            />
            <TextInput
              label={t.sendTo}
              type="email"
              placeholder={t.emailOptional}
              value={email}
              onChange={(e) => setEmail(e.currentTarget.value)}
              miw={150}
              flex={1}
              maw={260}
            />
            <Button type="submit" variant="default">
              {t.createInvite}
            </Button>
          </Group>
        </form>
      </Stack>
    </section>
  );
}
