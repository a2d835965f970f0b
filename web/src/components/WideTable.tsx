import { Paper, Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./WideTable.module.css";

interface WideTableProps {
  label: string;
  /** Below this width the table scrolls. */
  minWidth: number;
  /** The last column has actions: it stays in view while the others scroll. */
  hasActions?: boolean;
  children: ReactNode;
}

/** A framed table that scrolls by itself where it does not fit. */
export function WideTable({ label, minWidth, hasActions = false, children }: WideTableProps) {
  return (
    <Paper withBorder style={{ overflowX: "auto", position: "relative" }} tabIndex={0} role="region" aria-label={label}>
      <Table aria-label={label} miw={minWidth} className={hasActions ? classes.actions : undefined}>
        {children}
      </Table>
    </Paper>
  );
}
