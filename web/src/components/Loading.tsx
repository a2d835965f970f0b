import { Center, Loader } from "@mantine/core";
import { components as t } from "../messages/en";

/** A loading indicator. */
export function Loading({ label = t.loading }: { label?: string }) {
  return (
    <Center py={60} role="status" aria-label={label}>
      <Loader size="sm" />
    </Center>
  );
}
