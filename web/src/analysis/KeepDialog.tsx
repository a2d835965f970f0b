import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { analysis as t } from "../messages/en";
import { formatCount, plural } from "../text/format";

interface KeepDialogProps {
  run: string;
  where: string;
  count: number;
  onClose: () => void;
}

/** Makes a dataset of the frames that a filter shows, by reference. */
export function KeepDialog({ run, where, count, onClose }: KeepDialogProps) {
  const [name, setName] = useState("");
  const [made, setMade] = useState<Schemas["SelectionInfo"]>();
  const work = useWork();
  const keep = () =>
    work.run(async () => {
      setMade(
        await must(
          api.POST("/runs/{run}/selections", { params: { path: { run } }, body: { where, name: name.trim() } }),
        ),
      );
    });
  return (
    <Modal opened onClose={onClose} title={t.keepTheseFrames} centered closeButtonProps={{ "aria-label": t.close }}>
      {made ? (
        <Stack>
          <Text size="sm" role="status">
            {t.areIn(plural(made.frames, t.countFrames), formatCount(made.rows))}{" "}
            <Anchor component={Link} to={`/datasets/${made.dataset}`} inherit>
              <Name wrap>{made.name}</Name>
            </Anchor>
            {made.closed ? t.whichIsClosed : t.whichIsOpen}
          </Text>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void keep();
          }}
        >
          <Stack>
            <Text size="sm">{t.aDatasetOfTheFrames(plural(count, t.countFrames))}</Text>
            <TextInput
              label={t.nameOfTheDataset}
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
            <ProblemAlert error={work.error} title={t.couldNotKeep} />
            <Group justify="flex-end">
              <Button type="submit" loading={work.isBusy}>
                {t.keep}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
