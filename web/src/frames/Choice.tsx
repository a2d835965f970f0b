import { Select } from "@mantine/core";

interface ChoiceProps<T extends string> {
  label: string;
  /** What can be chosen, and what it is called. */
  of: { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
}

/** A choice of one out of a few; there is always one. */
export function Choice<T extends string>({ label, of, value, onChange }: ChoiceProps<T>) {
  return (
    <Select
      label={label}
      size="xs"
      allowDeselect={false}
      data={of}
      value={value}
      onChange={(chosen) => chosen !== null && onChange(chosen as T)}
    />
  );
}
