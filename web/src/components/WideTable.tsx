import { Paper, Table } from "@mantine/core";
import type { ReactNode } from "react";

interface WideTableProps {
  label: string;
  /** Below this width the table scrolls. */
  minWidth: number;
  children: ReactNode;
}

/** A framed table that scrolls by itself where it does not fit. */
export function WideTable({ label, minWidth, children }: WideTableProps) {
  return (
    <Paper withBorder style={{ overflowX: "auto", position: "relative" }} tabIndex={0} role="region" aria-label={label}>
      <Table aria-label={label} miw={minWidth}>
        {children}
      </Table>
    </Paper>
  );
}
