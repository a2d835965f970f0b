import { SimpleGrid } from "@mantine/core";
import type { Schemas } from "../api/client";
import { components as t } from "../messages/en";
import { formatBytes, formatCount } from "../text/format";
import { Figure } from "./Figure";

const words: Record<string, { label: string; hint: string }> = {
  capture: { label: t.capture, hint: t.detectorData },
  interactive: { label: t.interactive, hint: t.peopleUsingTheSite },
  bulk: { label: t.bulk, hint: t.largeTransfers },
  background: { label: t.background, hint: "maintenance" },
};

/** What the server moves, by class of work. */
export function WorkClasses({ classes }: { classes: Schemas["WorkClassInfo"][] }) {
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      {classes.map((work) => {
        const { label, hint } = words[work.class] ?? { label: work.class, hint: "" };
        const waiting = work.waiting > 0 ? t.queued(formatCount(work.waiting)) : "";
        return (
          <Figure
            key={work.class}
            label={label}
            value={`${formatBytes(work.bytesPerSecond)}/s`}
            hint={t.running(formatCount(work.running), waiting, hint)}
          />
        );
      })}
    </SimpleGrid>
  );
}
