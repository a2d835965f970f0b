import { Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { publication as t } from "../messages/en";
import type { Publication } from "./description";

interface WithdrawDialogProps {
  dataset: string;
  isOpen: boolean;
  onClose: () => void;
  onDone: (publication: Publication) => Promise<void>;
}

/** Asks why, and withdraws what is published. */
export function WithdrawDialog({ dataset, isOpen, onClose, onDone }: WithdrawDialogProps) {
  const [reason, setReason] = useState("");
  return (
    <ConfirmDialog
      title={t.withdrawThisPublication}
      action={t.withdraw}
      isDangerous
      isOpen={isOpen}
      isReady={reason.trim() !== ""}
      onClose={onClose}
      onConfirm={async () => {
        const publication = await must(
          api.POST("/datasets/{id}/publication/withdraw", {
            params: { path: { id: dataset } },
            body: { reason: reason.trim() },
          }),
        );
        await onDone(publication);
      }}
    >
      <Text size="sm">{t.itsPageStaysWithoutTheFiles}</Text>
      <Textarea
        label={t.reason}
        description={t.everybodyCanRead}
        value={reason}
        onChange={(e) => setReason(e.currentTarget.value)}
        autosize
        minRows={2}
        data-autofocus
      />
    </ConfirmDialog>
  );
}
