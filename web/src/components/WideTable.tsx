import { Paper, Table } from "@mantine/core";
import type { ReactNode } from "react";

interface WideTableProps {
  label: string;
  /** Below this width it scrolls, instead of squeezing its columns. */
  minWidth: number;
  children: ReactNode;
}

/** A table in a frame of its own: where it does not fit, it scrolls and the page does not. */
export function WideTable({ label, minWidth, children }: WideTableProps) {
  return (
    <Paper withBorder style={{ overflowX: "auto", position: "relative" }} tabIndex={0} role="region" aria-label={label}>
      <Table aria-label={label} miw={minWidth}>
        {children}
      </Table>
    </Paper>
  );
}
