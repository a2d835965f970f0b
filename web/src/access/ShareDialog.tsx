import { Modal } from "@mantine/core";
import type { DatasetContext } from "../dataset/context";
import { access as t } from "../messages/en";
import { AccessPanels } from "./AccessTab";

/** Who has access, over the page on which one is. */
export default function ShareDialog({ context, onClose }: { context: DatasetContext; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.share(context.dataset.slug)}
      size="xl"
      closeButtonProps={{ "aria-label": t.close }}
    >
      <AccessPanels context={context} />
    </Modal>
  );
}
