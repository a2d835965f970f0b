import { ActionIcon, Code, CopyButton, Group, Tooltip } from "@mantine/core";
import { components as t } from "../messages/en";
import classes from "./CopyField.module.css";
import { CheckIcon, CopyIcon } from "./icons";

interface CopyFieldProps {
  value: string;
  label: string;
  /** Whether it has several lines, or a long one that is to be wrapped. */
  isBlock?: boolean;
}

/** Something to copy: a command, a URL, a secret, a text. */
export function CopyField({ value, label, isBlock }: CopyFieldProps) {
  return (
    <Group gap={6} wrap="nowrap" align={isBlock ? "flex-start" : "center"} className={classes.field}>
      <Code
        className={isBlock ? classes.block : classes.text}
        tabIndex={0}
        role="textbox"
        aria-readonly
        aria-multiline={isBlock}
        aria-label={label}
      >
        {value}
      </Code>
      <CopyButton value={value} timeout={2000}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t.copied : t.copy(label.toLowerCase())}>
            <ActionIcon
              variant="subtle"
              color={copied ? "green" : "gray"}
              onClick={copy}
              aria-label={copied ? t.copied : t.copy(label.toLowerCase())}
            >
              {copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
