import { Checkbox, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { publication as t } from "../messages/en";
import type { Publication } from "./description";

interface PublishDialogProps {
  dataset: string;
  /** Whether the server gives DOIs, and whether one is reserved already. */
  dois: "none" | "given" | "reserved";
  isOpen: boolean;
  onClose: () => void;
  onDone: (publication: Publication) => Promise<void>;
}

/** Asks who may have the files, and publishes. */
export function PublishDialog({ dataset, dois, isOpen, onClose, onDone }: PublishDialogProps) {
  const [access, setAccess] = useState("open");
  const [day, setDay] = useState("");
  const [earlier, setEarlier] = useState("");
  const [withDoi, setWithDoi] = useState(true);
  const isEmbargoed = access === "embargoed";
  return (
    <ConfirmDialog
      title={t.publishThisDataset}
      action={t.publish}
      isOpen={isOpen}
      isReady={!isEmbargoed || day !== ""}
      onClose={onClose}
      onConfirm={async () => {
        const publication = await must(
          api.POST("/datasets/{id}/publication/publish", {
            params: { path: { id: dataset } },
            body: {
              access,
              until: isEmbargoed ? new Date(`${day}T00:00:00`).toISOString() : undefined,
              newVersionOf: earlier.trim() || undefined,
              doi: dois === "given" ? withDoi : undefined,
            },
          }),
        );
        await onDone(publication);
      }}
    >
      <Text size="sm">{t.everybodyCanThenSeeItsPage}</Text>
      <Radio.Group label={t.theFiles} value={access} onChange={setAccess}>
        <Stack gap={6} mt={4}>
          <Radio value="open" label={t.everybodyCanDownloadThemNow} />
          <Radio value="embargoed" label={t.everybodyCanDownloadThem} />
          <Radio value="restricted" label={t.onlyThoseWhoCanRead} />
        </Stack>
      </Radio.Group>
      {isEmbargoed && (
        <TextInput
          type="date"
          label={t.openFrom}
          value={day}
          onChange={(e) => setDay(e.currentTarget.value)}
          required
        />
      )}
      <TextInput
        label={t.newVersion}
        description={t.thePublishedDatasetThatItReplaces}
        placeholder="owner/name"
        value={earlier}
        onChange={(e) => setEarlier(e.currentTarget.value)}
        spellCheck={false}
      />
      {dois === "given" && (
        <Checkbox
          label={t.registerADoi}
          description={t.itLeadsToThePage2}
          checked={withDoi}
          onChange={(e) => setWithDoi(e.currentTarget.checked)}
        />
      )}
    </ConfirmDialog>
  );
}
