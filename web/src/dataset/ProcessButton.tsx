import { Button } from "@mantine/core";
import { type ComponentType, Suspense, useState } from "react";
import { PlayIcon } from "../components/icons";
import { dataset as t } from "../messages/en";
import { type DatasetContext, hasRight, isHere } from "./context";
import { usePrograms } from "./usePrograms";

export interface ProcessDialogProps {
  context: DatasetContext;
  onClose: () => void;
}

/** Opens the dialog that starts a program on the dataset, which is loaded then; nothing where the site has no programs. */
export function ProcessButton({
  context,
  Dialog,
}: {
  context: DatasetContext;
  Dialog: ComponentType<ProcessDialogProps>;
}) {
  const [isOpen, setOpen] = useState(false);
  const programs = usePrograms();
  if (!isHere(context.dataset) || !hasRight(context.dataset, "read") || !programs.data?.items.length) return null;
  return (
    <>
      <Button variant="default" leftSection={<PlayIcon size={16} />} onClick={() => setOpen(true)}>
        {t.process}
      </Button>
      {isOpen && (
        <Suspense>
          <Dialog context={context} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
