import { SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { api, must } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import type { DatasetContext } from "./context";

/** Whether everybody may see the dataset. */
export function VisibilityPanel() {
  const { dataset, refresh } = useOutletContext<DatasetContext>();
  const [error, setError] = useState<unknown>();
  const change = async (visibility: string) => {
    setError(undefined);
    try {
      await must(api.PATCH("/datasets/{id}", { params: { path: { id: dataset.id } }, body: { visibility } }));
      await refresh();
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <section aria-labelledby="visibility">
      <Title order={2} size="h4" id="visibility" mb="xs">
        Everybody
      </Title>
      <Stack gap="xs" align="flex-start">
        <SegmentedControl
          aria-label="Visibility"
          value={dataset.visibility}
          onChange={change}
          data={[
            { value: "private", label: "Private" },
            { value: "public", label: "Public" },
          ]}
        />
        <Text size="sm" c="dimmed">
          {dataset.visibility === "public"
            ? "Whoever reaches this server may read it, without an account."
            : "Only the owner and those named below."}
        </Text>
        {error !== undefined && <ProblemAlert error={error} />}
      </Stack>
    </section>
  );
}
