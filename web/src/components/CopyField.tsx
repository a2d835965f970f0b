import { ActionIcon, Code, CopyButton, Group, Tooltip } from "@mantine/core";
import classes from "./CopyField.module.css";
import { CheckIcon, CopyIcon } from "./icons";

/** A line to copy: a command, a URL, a secret. */
export function CopyField({ value, label }: { value: string; label: string }) {
  return (
    <Group gap={6} wrap="nowrap" className={classes.field}>
      <Code className={classes.text} tabIndex={0} role="textbox" aria-readonly aria-label={label}>
        {value}
      </Code>
      <CopyButton value={value} timeout={2000}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : `Copy ${label.toLowerCase()}`}>
            <ActionIcon
              variant="subtle"
              color={copied ? "green" : "gray"}
              onClick={copy}
              aria-label={copied ? "Copied" : `Copy ${label.toLowerCase()}`}
            >
              {copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
