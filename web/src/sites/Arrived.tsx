import { Progress, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { sites as t } from "../messages/en";
import { formatBytes, formatCount, formatSeconds, plural } from "../text/format";

/** How the states of copies are coloured. */
export const copyColours: Record<string, string> = {
  complete: "green",
  running: "blue",
  failed: "red",
  refused: "yellow",
  trash: "yellow",
  restored: "yellow",
  released: "gray",
  gone: "gray",
};

/** How much of a copy is there, and how long the rest takes. */
export function Arrived({ copy }: { copy: Schemas["CopyInfo"] }) {
  const { files, filesDone, bytes, bytesDone, bytesPerSecond, secondsLeft } = copy;
  if (files == null) return <>–</>;
  if (copy.state === "complete") return <>{`${plural(files, t.countFiles)}, ${formatBytes(bytes)}`}</>;
  return (
    <>
      <Progress value={bytes ? (100 * (bytesDone ?? 0)) / bytes : 0} aria-label={t.copiedTo(copy.site)} />
      <Text size="xs" mt={4}>
        {t.ofOf(
          formatCount(filesDone ?? 0),
          plural(files, t.countFiles),
          formatBytes(bytesDone ?? 0),
          formatBytes(bytes),
        )}
      </Text>
      {bytesPerSecond != null && secondsLeft != null && (
        <Text size="xs">{t.sAboutLeft(formatBytes(bytesPerSecond), formatSeconds(secondsLeft))}</Text>
      )}
    </>
  );
}
