import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { CheckIcon, LinkIcon } from "../components/icons";
import { saving as t } from "../messages/en";

/** Copies the address of the page, which holds what is seen: zoom, contrast, place, order and filter. */
export function CopyLink() {
  const { copied, copy } = useClipboard({ timeout: 2000 });
  const label = copied ? t.copied : t.copyLink;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={label}
        onClick={() => copy(window.location.href)}
        data-testid="copy-link"
      >
        {copied ? <CheckIcon size={16} /> : <LinkIcon size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}
