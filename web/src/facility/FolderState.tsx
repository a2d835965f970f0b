import { Badge } from "@mantine/core";
import { states } from "./folders";

/** State of a watched folder. */
export function FolderState({ state }: { state: string }) {
  const look = states[state as keyof typeof states] ?? { color: "gray", label: state };
  return (
    <Badge variant="light" color={look.color} tt="none" fw={600} miw="max-content">
      {look.label}
    </Badge>
  );
}
