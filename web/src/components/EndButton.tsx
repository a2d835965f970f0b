import { Button } from "@mantine/core";

interface EndButtonProps {
  /** Names the item, for screen readers. */
  label: string;
  children: string;
  isDisabled?: boolean;
  onClick: () => void;
}

/** Removes or revokes the item of a row. */
export function EndButton({ label, children, isDisabled = false, onClick }: EndButtonProps) {
  return (
    <Button size="compact-xs" variant="subtle" color="red" disabled={isDisabled} onClick={onClick} aria-label={label}>
      {children}
    </Button>
  );
}
