import { Checkbox, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
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
      title="Publish this dataset?"
      action="Publish"
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
      <Text size="sm">
        Everybody can then see its page and cite it. You can correct what it says, and withdraw it, but not make it
        unpublished.
      </Text>
      <Radio.Group label="The files" value={access} onChange={setAccess}>
        <Stack gap={6} mt={4}>
          <Radio value="open" label="Everybody can download them now" />
          <Radio value="embargoed" label="Everybody can download them from a date on" />
          <Radio value="restricted" label="Only those who can read the dataset now" />
        </Stack>
      </Radio.Group>
      {isEmbargoed && (
        <TextInput type="date" label="Open from" value={day} onChange={(e) => setDay(e.currentTarget.value)} required />
      )}
      <TextInput
        label="New version of"
        description="The published dataset that it replaces, if there is one"
        placeholder="owner/name"
        value={earlier}
        onChange={(e) => setEarlier(e.currentTarget.value)}
        spellCheck={false}
      />
      {dois === "given" && (
        <Checkbox
          label="Register a DOI"
          description="It leads to the page for ever, and indexes of data list it"
          checked={withDoi}
          onChange={(e) => setWithDoi(e.currentTarget.checked)}
        />
      )}
    </ConfirmDialog>
  );
}
