import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { EmptyState } from "../components/EmptyState";
import { TrashIcon } from "../components/icons";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useWork } from "../components/useWork";
import type { DatasetContext } from "../dataset/context";
import { files as t } from "../messages/en";

/** In place of the files of a dataset that is in the trash, or whose files are gone. */
export function NotHere({ context: { dataset, canManage, refresh } }: { context: DatasetContext }) {
  const queries = useQueryClient();
  const work = useWork();
  if (dataset.state !== "trash")
    return (
      <EmptyState icon={<TrashIcon size={26} />} title={t.theFilesAreDeletedForGood}>
        {t.itsDescriptionAndMetadataAreKept}
      </EmptyState>
    );
  const restore = () =>
    work.run(async () => {
      await must(api.POST("/datasets/{id}/restore", { params: { path: { id: dataset.id } } }));
      await Promise.all([refresh(), queries.invalidateQueries({ queryKey: ["datasets"] })]);
    });
  return (
    <Stack gap={0}>
      <ProblemAlert error={work.error} title={t.couldNotRestoreTheDataset} />
      <EmptyState
        icon={<TrashIcon size={26} />}
        title={t.thisDatasetIsInTheTrash}
        action={
          canManage && (
            <Button mt="xs" loading={work.isBusy} onClick={restore}>
              {t.restore}
            </Button>
          )
        }
      >
        {t.itsFilesCannotBeReadThere}
        {dataset.trashedUntil && (
          <>
            {" "}
            {t.theyAreDeletedForGood}
            <Time value={dataset.trashedUntil} />.
          </>
        )}
      </EmptyState>
    </Stack>
  );
}
