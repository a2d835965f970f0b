import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";
import { NameInput } from "../components/NameInput";
import { admin as t } from "../messages/en";
import { plural } from "../text/format";

/** Transfers everything a user owns to another user or a group. */
export function TransferDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const [to, setTo] = useState("");
  return (
    <ConfirmDialog
      title={t.transferEverything}
      action={t.transfer}
      isOpen
      isReady={to.trim() !== ""}
      onClose={onClose}
      onConfirm={async () => {
        const { datasets, links, invites, groups } = await must(
          api.POST("/users/{name}/hand-over", { params: { path: { name: user } }, body: { to: to.trim() } }),
        );
        notifications.show({
          message: t.transferredAnd(
            plural(datasets, t.countDatasets),
            plural(links, t.countLinks),
            plural(invites, t.countInvites),
            plural(groups, t.countGroups),
          ),
        });
      }}
    >
      <Text size="sm">
        {t.allDatasetsLinksInvitesAndGroups}
        <Name wrap>{user}</Name>
        {t.goToANewOwner}
      </Text>
      <NameInput label={t.newOwner} description={t.aUsernameOrGroup} value={to} onChange={setTo} />
    </ConfirmDialog>
  );
}
