import { Button, Paper } from "@mantine/core";
import { useState } from "react";
import { trees as t } from "../messages/en";
import { formatCount, plural } from "../text/format";
import { visibleText } from "../text/visible";
import type { Json } from "./json";
import classes from "./Tree.module.css";

const childrenAtOnce = 200;

/** A value as a tree: what is in it is there once its parent is opened. */
export function Tree({ value }: { value: Json }) {
  return (
    <Paper withBorder p="sm" className={classes.tree} role="region" tabIndex={0} aria-label={t.contentAsATree}>
      <Node value={value} isOpen />
    </Paper>
  );
}

/** A value with its key. */
function Node({ name, value, isOpen = false }: { name?: string; value: Json; isOpen?: boolean }) {
  const [isExpanded, setExpanded] = useState(isOpen);
  const [shown, setShown] = useState(childrenAtOnce);
  const label = name !== undefined && <span className={classes.key}>{visibleText(name)}: </span>;
  if (value === null || typeof value !== "object")
    return (
      <div className={classes.leaf}>
        {label}
        <Leaf value={value} />
      </div>
    );
  const children = Object.entries(value);
  return (
    <details open={isExpanded} onToggle={(event) => setExpanded(event.currentTarget.open)}>
      <summary>
        {label}
        <span className={classes.count}>
          {Array.isArray(value) ? `[${formatCount(children.length)}]` : `{${formatCount(children.length)}}`}
        </span>
      </summary>
      {isExpanded && (
        <div className={classes.children}>
          {children.slice(0, shown).map(([key, child]) => (
            <Node key={key} name={key} value={child} />
          ))}
          {children.length > shown && (
            <Button size="compact-xs" variant="subtle" onClick={() => setShown(shown + childrenAtOnce)}>
              {t.showMore(plural(children.length, t.countValues))}
            </Button>
          )}
        </div>
      )}
    </details>
  );
}

function Leaf({ value }: { value: string | number | bigint | boolean | null }) {
  if (typeof value === "string") return <bdi className={classes.string}>"{visibleText(value)}"</bdi>;
  return <span className={classes.literal}>{String(value)}</span>;
}
