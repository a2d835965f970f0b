import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { analysis as t } from "../messages/en";
import { formatCount } from "../text/format";
import type { Filter } from "./filter";
import { KeepDialog } from "./KeepDialog";
import type { Column } from "./rows";

interface FilterBarProps {
  run: string;
  columns: Column[];
  text: string;
  onText: (text: string) => void;
  /** Undefined: the text is no condition. */
  filter: Filter | undefined;
  /** Rows that the filter shows, of all. */
  shown: number;
  all: number;
  /** True if the rows are of frames of a dataset, which a new dataset can hold. */
  canKeep: boolean;
}

/** A condition on the rows: plot and table show those that match, and the button keeps their frames. */
export function FilterBar({ run, columns, text, onText, filter, shown, all, canKeep }: FilterBarProps) {
  const [isKeeping, setKeeping] = useState(false);
  const numbers = columns.filter(({ kind }) => kind === "integer" || kind === "number");
  const isOn = text.trim() !== "";
  return (
    <Group align="flex-start" gap="xs">
      <TextInput
        label={t.filter}
        description={t.columnsAre(["frame", ...numbers.map(nameWithTitle)].join(", "))}
        placeholder={`${numbers[0]?.name ?? "frame"} >= 10`}
        error={isOn && !filter ? t.writeComparisons : undefined}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        flex="1 1 260px"
        spellCheck={false}
        autoCapitalize="none"
      />
      {isOn && filter && (
        <Button
          variant="default"
          mt={{ base: 0, sm: 44 }}
          disabled={!canKeep || shown === 0}
          onClick={() => setKeeping(true)}
        >
          {t.keepThese(formatCount(shown), formatCount(all))}
        </Button>
      )}
      {isKeeping && <KeepDialog run={run} where={text.trim()} count={shown} onClose={() => setKeeping(false)} />}
    </Group>
  );
}

/** The name that a condition takes, with the title that plot and table have. */
function nameWithTitle({ name, title }: Column): string {
  return title === name ? name : `${name} (${title})`;
}
