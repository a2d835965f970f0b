import { Button, Group, NativeSelect, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, must, type Schemas } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { sites as t } from "../messages/en";
import { lifeChoices } from "../text/lifetimes";
import { endingBy, pinAt } from "./pins";
import { SiteSelect } from "./SiteSelect";

interface PinFormProps {
  dataset: string;
  sites: string[];
  rules: Schemas["RuleInfo"][];
  onPinned: () => Promise<unknown>;
}

/** Keeps a copy at a site for a while. Again makes that last longer: the later pin comes first, so that there is no moment without. */
export function PinForm({ dataset, sites, rules, onPinned }: PinFormProps) {
  const [site, setSite] = useState("");
  const [seconds, setSeconds] = useState(String(7 * 86_400));
  const work = useWork();
  const pin = work.onSubmit(async () => {
    const until = new Date(Date.now() + Number(seconds) * 1000);
    const before = endingBy(rules, site, until);
    if (before) {
      const params = { params: { path: { id: dataset } } };
      await must(
        api.POST("/datasets/{id}/rules", { ...params, body: { rule: pinAt(site), until: until.toISOString() } }),
      );
      for (const { number } of before) {
        await must(api.DELETE("/rules/{rule}", { params: { path: { rule: String(number) } } }));
      }
    }
    notifications.show({ message: before ? t.pinnedAt(site) : t.itIsPinnedAtForLonger(site) });
    setSite("");
    await onPinned();
  });
  return (
    <form onSubmit={pin}>
      <Stack mt="md" maw={560}>
        <ProblemAlert error={work.error} title={t.couldNotPin} />
        <Group align="flex-end">
          <SiteSelect label={t.pinACopyAtASite} sites={sites} value={site} onChange={setSite} />
          <NativeSelect
            label={t.for}
            w={130}
            data={lifeChoices}
            value={seconds}
            onChange={(event) => setSeconds(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={work.isBusy} disabled={site === ""}>
            {t.pin}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
