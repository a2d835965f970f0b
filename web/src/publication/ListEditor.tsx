import { Button, Fieldset, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { publication as t } from "../messages/en";

interface ListEditorProps<T> {
  /** What one item is called: `Author`. */
  name: string;
  items: readonly T[];
  empty: T;
  onChange: (items: T[]) => void;
  children: (item: T, change: (change: Partial<T>) => void, index: number) => ReactNode;
}

/** Items that are added, changed, put in order and removed. */
export function ListEditor<T>({ name, items, empty, onChange, children }: ListEditorProps<T>) {
  const replace = (index: number, change: Partial<T>) =>
    onChange(items.map((item, at) => (at === index ? { ...item, ...change } : item)));
  const moveUp = (index: number) => {
    const moved = [...items];
    moved.splice(index - 1, 0, ...moved.splice(index, 1));
    onChange(moved);
  };
  return (
    <Stack gap="sm" align="stretch">
      {items.map((item, index) => (
        <Fieldset key={index} legend={`${name} ${index + 1}`} p="sm">
          {children(item, (change) => replace(index, change), index)}
          <Group justify="flex-end" gap="xs" mt="sm">
            {index > 0 && (
              <Button
                variant="default"
                size="compact-sm"
                aria-label={t.moveUp2(name.toLowerCase(), index + 1)}
                onClick={() => moveUp(index)}
              >
                {t.moveUp}
              </Button>
            )}
            <Button
              variant="default"
              size="compact-sm"
              aria-label={t.remove2(name.toLowerCase(), index + 1)}
              onClick={() => onChange(items.filter((_, at) => at !== index))}
            >
              {t.remove}
            </Button>
          </Group>
        </Fieldset>
      ))}
      <div>
        <Button variant="default" size="xs" onClick={() => onChange([...items, empty])}>
          {t.add(name.toLowerCase())}
        </Button>
      </div>
    </Stack>
  );
}
