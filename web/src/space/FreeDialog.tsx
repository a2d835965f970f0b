import { Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { space as t } from "../messages/en";
import { formatBytes } from "../text/format";
import { type Freed, freeLines, type Line } from "./space";

interface FreeDialogProps {
  lines: Line[];
  onClose: () => void;
  onFreed: (freed: Freed[]) => Promise<void>;
}

/** Asks before lines are freed: a purge cannot be undone, and needs a reason. */
export function FreeDialog({ lines, onClose, onFreed }: FreeDialogProps) {
  const [reason, setReason] = useState("");
  const purges = lines.filter((line) => line.kind === "trash").length;
  const bytes = lines.reduce((sum, line) => sum + line.bytes, 0);
  return (
    <ConfirmDialog
      title={t.freeTitle}
      action={t.freeSelected(formatBytes(bytes))}
      isOpen
      isDangerous={purges > 0}
      isReady={purges === 0 || reason.trim() !== ""}
      onClose={onClose}
      onConfirm={async () => onFreed(await freeLines(lines, reason.trim()))}
    >
      <Text size="sm">{t.freeText(formatBytes(bytes), lines.length)}</Text>
      {purges < lines.length && <Text size="sm">{t.evictText}</Text>}
      {purges > 0 && (
        <>
          <Text size="sm" fw={600}>
            {t.purgeText(purges)}
          </Text>
          <TextInput
            label={t.reason}
            description={t.reasonHint}
            maxLength={500}
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
          />
        </>
      )}
    </ConfirmDialog>
  );
}
