import { Box, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** Title of a page, with its actions. */
export function PageHeader({
  title,
  children,
  actions,
}: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <Box mb="lg">
      <Group justify="space-between" gap="sm" mih={36}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children && (
        <Text c="dimmed" size="sm" mt={4} component="div">
          {children}
        </Text>
      )}
    </Box>
  );
}
