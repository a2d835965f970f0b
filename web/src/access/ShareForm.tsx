import { Autocomplete, Button, Group, NativeSelect, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, isCode, must } from "../api/client";
import { CopyField } from "../components/CopyField";
import { ProblemAlert } from "../components/ProblemAlert";
import { ShownOnce } from "../components/ShownOnce";
import { useWork } from "../components/useWork";
import { useDraft } from "../drafts/useDraft";
import { access as t } from "../messages/en";
import { rightChoices } from "../text/rights";
import { usePrincipals } from "./usePrincipals";

const inviteSeconds = 7 * 86_400;

/** Shares a dataset: with a person or a group by name, which is suggested, or with anybody by an email with an invite. */
export function ShareForm({ id }: { id: string }) {
  const queries = useQueryClient();
  const known = usePrincipals();
  const draft = useDraft(`share.${id}`, { name: "", right: "read" });
  const { name, right } = draft.value;
  const [made, setMade] = useState<{ who: string; url: string }>();
  const work = useWork();
  const put = (principal: string) =>
    must(api.PUT("/datasets/{id}/grants/{principal}", { params: { path: { id, principal } }, body: { right } }));
  const share = work.onSubmit(async () => {
    const who = name.trim();
    if (who.includes("@")) {
      const invite = await must(
        api.POST("/datasets/{id}/invites", {
          params: { path: { id } },
          body: { right, expiresIn: inviteSeconds, uses: 1, email: who },
        }),
      );
      setMade({ who, url: invite.url });
      await queries.invalidateQueries({ queryKey: ["invites", "dataset", id] });
    } else {
      await (known.groups.includes(who) ? put(`group:${who}`) : putEither(who));
      await queries.invalidateQueries({ queryKey: ["grants", id] });
    }
    draft.change({ name: "" });
  });
  /** A name that is not suggested may be that of either. */
  const putEither = async (who: string) => {
    try {
      await put(`user:${who}`);
    } catch (problem) {
      if (!isCode(problem, "not-found")) throw problem;
      // People expect the error about the user, not the one about the group.
      await put(`group:${who}`).catch(() => {
        throw problem;
      });
    }
  };
  return (
    <form onSubmit={share}>
      <Stack gap="xs">
        <ProblemAlert
          error={work.error}
          title={t.couldNotShareTheDataset}
          advice={{ "not-found": t.checkTheSpellingOrType }}
        />
        {made && (
          <ShownOnce title={t.inviteForCreatedCopyTheLink(made.who)}>
            <CopyField value={made.url} label={t.inviteLink} />
          </ShownOnce>
        )}
        <Group align="flex-end" gap="xs">
          <Autocomplete
            aria-label={t.personGroupOrEmail}
            placeholder={t.personGroupOrEmail}
            required
            data={[
              { group: t.groups, items: known.groups },
              { group: t.people, items: known.people },
            ].filter(({ items }) => items.length > 0)}
            limit={20}
            value={name}
            onChange={(value) => draft.change({ name: value })}
            flex={1}
            miw={180}
            autoCapitalize="none"
            spellCheck={false}
          />
          <NativeSelect
            aria-label={t.access}
            data={rightChoices}
            value={right}
            onChange={(event) => draft.change({ right: event.currentTarget.value })}
            w={180}
          />
          <Button type="submit" loading={work.isBusy} disabled={name.trim() === ""}>
            {t.share2}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
