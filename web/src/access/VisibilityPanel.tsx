import { Button, Group, SegmentedControl, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { api, must } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import type { DatasetContext } from "../dataset/context";
import { access as t } from "../messages/en";

/** Private, public, or public from a date on. */
export function VisibilityPanel({ context: { dataset, refresh } }: { context: DatasetContext }) {
  const current = dataset.publicAfter ? "later" : dataset.visibility;
  const [isChoosing, setChoosing] = useState(false);
  const [day, setDay] = useState(dataset.publicAfter?.slice(0, 10) ?? "");
  const work = useWork();
  const change = (visibility: string, publicAfter?: string) =>
    work.run(async () => {
      await must(
        api.PATCH("/datasets/{id}", { params: { path: { id: dataset.id } }, body: { visibility, publicAfter } }),
      );
      setChoosing(false);
      await refresh();
    });
  const choose = (value: string) => {
    if (value === "later") setChoosing(true);
    else void change(value);
  };
  return (
    <section aria-labelledby="visibility">
      <Title order={2} size="h4" id="visibility" mb="xs">
        {t.visibility}
      </Title>
      <Stack gap="xs" align="flex-start">
        <SegmentedControl
          aria-label={t.visibility}
          value={isChoosing ? "later" : current}
          onChange={choose}
          data={[
            { value: "private", label: t.private },
            { value: "later", label: t.publicFromADate },
            { value: "public", label: t.public },
          ]}
        />
        {isChoosing && (
          <Group align="flex-end" gap="xs">
            <TextInput
              type="date"
              label={t.publicFrom}
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
            />
            <Button disabled={day === ""} onClick={() => change("public", new Date(`${day}T00:00:00`).toISOString())}>
              {t.save}
            </Button>
          </Group>
        )}
        <Text size="sm" c="dimmed">
          {current === "public" && t.anyoneWhoCanReachThisServer}
          {current === "private" && t.onlyTheOwnerAndTheUsers}
          {current === "later" && (
            <>
              {t.privateUntil}
              <Time value={dataset.publicAfter} exact />
              {t.thenPublic}
            </>
          )}
        </Text>
        <ProblemAlert error={work.error} />
      </Stack>
    </section>
  );
}
