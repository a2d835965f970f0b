import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { TrashIcon } from "../components/icons";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import type { DatasetContext } from "../dataset/context";

/** In place of the files of a dataset that is in the trash, or whose files are gone. */
export function NotHere({ context: { dataset, canManage, refresh } }: { context: DatasetContext }) {
  const queries = useQueryClient();
  const work = useWork();
  if (dataset.state !== "trash")
    return (
      <EmptyState icon={<TrashIcon size={26} />} title="The files are deleted for good">
        Its description and metadata are kept.
      </EmptyState>
    );
  const restore = () =>
    work.run(async () => {
      await must(api.POST("/datasets/{id}/restore", { params: { path: { id: dataset.id } } }));
      await Promise.all([refresh(), queries.invalidateQueries({ queryKey: ["datasets"] })]);
    });
  return (
    <Stack gap={0}>
      <ProblemAlert error={work.error} title="Could not restore the dataset" />
      <EmptyState
        icon={<TrashIcon size={26} />}
        title="This dataset is in the trash"
        action={
          canManage && (
            <Button mt="xs" loading={work.isBusy} onClick={restore}>
              Restore
            </Button>
          )
        }
      >
        Its files cannot be read there.
        {dataset.trashedUntil && (
          <>
            {" "}
            They are deleted for good <Time value={dataset.trashedUntil} />.
          </>
        )}
      </EmptyState>
    </Stack>
  );
}
