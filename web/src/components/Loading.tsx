import { Center, Loader, Skeleton, Stack } from "@mantine/core";
import { components as t } from "../messages/en";

interface LoadingProps {
  label?: string;
  /** A list or table comes: the lines of its frame stand there at once. */
  rows?: number;
}

/** A loading indicator. */
export function Loading({ label = t.loading, rows = 0 }: LoadingProps) {
  return rows > 0 ? (
    <Stack gap="xs" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={36} />
      ))}
    </Stack>
  ) : (
    <Center py={60} role="status" aria-label={label}>
      <Loader size="sm" />
    </Center>
  );
}
