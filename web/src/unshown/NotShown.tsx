import { Alert } from "@mantine/core";
import { noPreview } from "./kinds";
import { kindByBytes } from "./magic";

/** Why only the bytes of a file are shown, and how to open it. */
export function NotShown({ name, start }: { name: string; start: Uint8Array | undefined }) {
  const kind = start && kindByBytes(start);
  return (
    <Alert variant="light" py="xs">
      {noPreview(name)} {kind && `By its first bytes, it is ${kind}. `}Below are its bytes.
    </Alert>
  );
}
