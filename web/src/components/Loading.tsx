import { Center, Loader } from "@mantine/core";

/** A loading indicator. */
export function Loading({ label = "Loading" }: { label?: string }) {
  return (
    <Center py={60} role="status" aria-label={label}>
      <Loader size="sm" />
    </Center>
  );
}
