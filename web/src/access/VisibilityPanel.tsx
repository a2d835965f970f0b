import { Button, Group, SegmentedControl, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { api, must } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import type { DatasetContext } from "../dataset/context";

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
        Visibility
      </Title>
      <Stack gap="xs" align="flex-start">
        <SegmentedControl
          aria-label="Visibility"
          value={isChoosing ? "later" : current}
          onChange={choose}
          data={[
            { value: "private", label: "Private" },
            { value: "later", label: "Public from a date" },
            { value: "public", label: "Public" },
          ]}
        />
        {isChoosing && (
          <Group align="flex-end" gap="xs">
            <TextInput
              type="date"
              label="Public from"
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
            />
            <Button disabled={day === ""} onClick={() => change("public", new Date(`${day}T00:00:00`).toISOString())}>
              Save
            </Button>
          </Group>
        )}
        <Text size="sm" c="dimmed">
          {current === "public" && "Anyone who can reach this server can read it without an account."}
          {current === "private" && "Only the owner and the users and groups above have access."}
          {current === "later" && (
            <>
              Private until <Time value={dataset.publicAfter} exact />, then public.
            </>
          )}
        </Text>
        <ProblemAlert error={work.error} />
      </Stack>
    </section>
  );
}
