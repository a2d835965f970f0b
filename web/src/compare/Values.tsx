import { Button, Collapse, Stack } from "@mantine/core";
import { useState } from "react";
import { Section } from "../components/Section";
import { ChangeTable } from "../metadata/ChangeTable";
import { changesBetween, leaves } from "../metadata/document";
import { plural } from "../text/format";

interface ValuesProps {
  /** Headings of the values that differ, and of those that agree. */
  title: string;
  equalTitle: string;
  /** Noun of one value that agrees. */
  noun: string;
  /** Two documents. */
  left: string;
  right: string;
  /** Heads of the two columns. */
  names: Record<"left" | "right", string>;
  titleOf?: (name: string) => string;
  /** Words in place of the values that differ, where none do. */
  children: React.ReactNode;
}

/** Two documents value by value: first those that differ; the others need a click. */
export function Values({ title, equalTitle, noun, left, right, names, titleOf, children }: ValuesProps) {
  const [isOpen, setOpen] = useState(false);
  const changes = changesBetween(left, right);
  const changed = new Set(changes.map(({ path }) => JSON.stringify(path)));
  const equal = leaves(left)
    .filter(({ path }) => !changed.has(JSON.stringify(path)))
    .map(({ path, json }) => ({ path, before: json, after: json }));
  const heads = { before: names.left, after: names.right, titleOf };
  return (
    <Stack gap="xs">
      <Section title={title}>
        {changes.length > 0 ? <ChangeTable label={title} changes={changes} {...heads} /> : children}
      </Section>
      {equal.length > 0 && (
        <>
          <Button
            variant="subtle"
            size="compact-sm"
            style={{ alignSelf: "flex-start" }}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {plural(equal.length, noun)}
          </Button>
          <Collapse in={isOpen}>
            <ChangeTable label={equalTitle} changes={equal} {...heads} />
          </Collapse>
        </>
      )}
    </Stack>
  );
}
