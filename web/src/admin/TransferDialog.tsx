import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";
import { NameInput } from "../components/NameInput";
import { plural } from "../text/format";

/** Transfers everything a user owns to another user or a group. */
export function TransferDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const [to, setTo] = useState("");
  return (
    <ConfirmDialog
      title="Transfer everything?"
      action="Transfer"
      isOpen
      isReady={to.trim() !== ""}
      onClose={onClose}
      onConfirm={async () => {
        const { datasets, links, invites, groups } = await must(
          api.POST("/users/{name}/hand-over", { params: { path: { name: user } }, body: { to: to.trim() } }),
        );
        notifications.show({
          message: `Transferred ${plural(datasets, "dataset")}, ${plural(links, "link")}, ${plural(invites, "invite")} and ${plural(groups, "group")}.`,
        });
      }}
    >
      <Text size="sm">
        All datasets, links, invites and groups of <Name wrap>{user}</Name> go to a new owner.
      </Text>
      <NameInput label="New owner" description="A username or @group" value={to} onChange={setTo} />
    </ConfirmDialog>
  );
}
