import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { components as t } from "../messages/en";
import { ProblemAlert } from "./ProblemAlert";
import { useWork } from "./useWork";

interface ConfirmDialogProps {
  title: string;
  children: ReactNode;
  action: string;
  isOpen: boolean;
  isDangerous?: boolean;
  isReady?: boolean;
  onClose: () => void;
  onConfirm: () => Promise<void>;
}

/** Asks for confirmation. */
export function ConfirmDialog({
  title,
  children,
  action,
  isOpen,
  isDangerous = false,
  isReady = true,
  onClose,
  onConfirm,
}: ConfirmDialogProps) {
  const work = useWork();
  const close = () => {
    work.clear();
    onClose();
  };
  const confirm = () =>
    work.run(async () => {
      await onConfirm();
      close();
    });
  return (
    <Modal opened={isOpen} onClose={close} title={title} centered closeButtonProps={{ "aria-label": t.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void confirm();
        }}
      >
        <Stack>
          {children}
          <ProblemAlert error={work.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {t.cancel}
            </Button>
            <Button type="submit" loading={work.isBusy} color={isDangerous ? "red.9" : undefined} disabled={!isReady}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
