import { Button } from "@mantine/core";
import { type ComponentType, Suspense, useState } from "react";
import { ShareIcon } from "../components/icons";
import { dataset as t } from "../messages/en";
import type { DatasetContext } from "./context";

export interface ShareDialogProps {
  context: DatasetContext;
  onClose: () => void;
}

/** Opens the dialog that shares the dataset, which is loaded then. */
export function ShareButton({ context, Dialog }: { context: DatasetContext; Dialog: ComponentType<ShareDialogProps> }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button leftSection={<ShareIcon size={16} />} onClick={() => setOpen(true)}>
        {t.share}
      </Button>
      {isOpen && (
        <Suspense>
          <Dialog context={context} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
