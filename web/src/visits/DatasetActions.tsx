import { ActionIcon, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ComponentType, Suspense, useState } from "react";
import { Link } from "react-router";
import { MoreIcon, PlayIcon, ShareIcon } from "../components/icons";
import { type Dataset, type DatasetContext, hasOwnFiles, hasRight, isHere } from "../dataset/context";
import { usePrograms } from "../dataset/usePrograms";
import { visits as t } from "../messages/en";

/** The dialogs of a dataset's page, which are loaded when they open. */
export interface DatasetDialogs {
  process: ComponentType<{ context: DatasetContext; onClose: () => void }>;
  share: ComponentType<{ context: DatasetContext; onClose: () => void }>;
}

/** What can be done with a dataset from the page of its visit; nothing where the reader may do nothing. */
export function DatasetActions({ dataset, dialogs }: { dataset: Dataset; dialogs: DatasetDialogs }) {
  const [open, setOpen] = useState<keyof DatasetDialogs>();
  const queries = useQueryClient();
  const programs = usePrograms();
  const canManage = hasRight(dataset, "manage");
  const mayProcess = hasRight(dataset, "read") && (programs.data?.items.length ?? 0) > 0;
  if (!isHere(dataset) || !(canManage || mayProcess)) return null;
  const context: DatasetContext = {
    dataset,
    canWrite: dataset.state === "open" && hasRight(dataset, "write"),
    canChangeFiles: hasOwnFiles(dataset) && hasRight(dataset, "write"),
    canManage,
    refresh: () => queries.invalidateQueries({ queryKey: ["live"] }),
  };
  const Dialog = open && dialogs[open];
  return (
    <>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          {/* Above the link that fills the card. */}
          <ActionIcon
            variant="subtle"
            color="gray"
            pos="relative"
            style={{ zIndex: 1 }}
            aria-label={t.actionsOf(dataset.name)}
          >
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayProcess && (
            <Menu.Item leftSection={<PlayIcon size={16} />} onClick={() => setOpen("process")}>
              {t.process}
            </Menu.Item>
          )}
          {canManage && (
            <Menu.Item leftSection={<ShareIcon size={16} />} onClick={() => setOpen("share")}>
              {t.share}
            </Menu.Item>
          )}
          {canManage && (
            <Menu.Item component={Link} to={`/datasets/${dataset.id}/publication`}>
              {t.publish}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {Dialog && (
        <Suspense>
          <Dialog context={context} onClose={() => setOpen(undefined)} />
        </Suspense>
      )}
    </>
  );
}
