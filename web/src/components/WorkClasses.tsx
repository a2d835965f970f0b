import { SimpleGrid } from "@mantine/core";
import type { Schemas } from "../api/client";
import { formatBytes, formatCount } from "../text/format";
import { Figure } from "./Figure";

const words: Record<string, { label: string; hint: string }> = {
  capture: { label: "Capture", hint: "detector data" },
  interactive: { label: "Interactive", hint: "people using the site" },
  bulk: { label: "Bulk", hint: "large transfers" },
  background: { label: "Background", hint: "maintenance" },
};

/** What the server moves, by class of work. */
export function WorkClasses({ classes }: { classes: Schemas["WorkClassInfo"][] }) {
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      {classes.map((work) => {
        const { label, hint } = words[work.class] ?? { label: work.class, hint: "" };
        const waiting = work.waiting > 0 ? `, ${formatCount(work.waiting)} queued` : "";
        return (
          <Figure
            key={work.class}
            label={label}
            value={`${formatBytes(work.bytesPerSecond)}/s`}
            hint={`${formatCount(work.running)} running${waiting} · ${hint}`}
          />
        );
      })}
    </SimpleGrid>
  );
}
