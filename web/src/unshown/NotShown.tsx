import { Alert } from "@mantine/core";
import { unshown as t } from "../messages/en";
import { howToOpen, noPreview } from "./kinds";
import { kindByBytes } from "./magic";

interface Props {
  name: string;
  /** Its first bytes, once they are there. */
  start: Uint8Array | undefined;
  /** Viewers that know files of this name have said why they do not show this one. */
  isRefused: boolean;
}

/** Why only the bytes of a file are shown, and how to open it. */
export function NotShown({ name, start, isRefused }: Props) {
  const kind = start && kindByBytes(start);
  return (
    <Alert variant="light" py="xs">
      {isRefused ? howToOpen(name) : noPreview(name)} {kind && t.detected(kind)}
      {t.rawBytesBelow}
    </Alert>
  );
}
