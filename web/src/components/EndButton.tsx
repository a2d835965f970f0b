import { Button } from "@mantine/core";

interface EndButtonProps {
  /** Which one it ends, for those who do not see the row. */
  label: string;
  children: string;
  isDisabled?: boolean;
  onClick: () => void;
}

/** At the end of a row: withdraws, revokes or ends what stands in it. */
export function EndButton({ label, children, isDisabled = false, onClick }: EndButtonProps) {
  return (
    <Button size="compact-xs" variant="subtle" color="red" disabled={isDisabled} onClick={onClick} aria-label={label}>
      {children}
    </Button>
  );
}
