import { Alert, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { components as t } from "../messages/en";

/** A new secret, which cannot be shown again. */
export function ShownOnce({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose?: (() => void) | undefined;
  children: ReactNode;
}) {
  return (
    <Alert
      color="green"
      variant="light"
      title={title}
      withCloseButton={onClose !== undefined}
      closeButtonLabel={t.close}
      onClose={onClose}
    >
      <Stack gap="xs">{children}</Stack>
    </Alert>
  );
}
