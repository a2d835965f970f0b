import { TextInput } from "@mantine/core";

interface NameInputProps {
  label: string;
  description: string;
  value: string;
  onChange: (value: string) => void;
}

/** The name of a user or group, which a browser neither corrects nor begins with a capital. The first field of its dialog. */
export function NameInput({ label, description, value, onChange }: NameInputProps) {
  return (
    <TextInput
      label={label}
      description={description}
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-autofocus
      autoCapitalize="none"
      spellCheck={false}
    />
  );
}
