import { Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";
import { plural } from "../text/format";

/** Gives everything that somebody has to another person or a group. */
export function HandOverDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const [to, setTo] = useState("");
  return (
    <ConfirmDialog
      title="Hand everything over?"
      action="Hand it over"
      isOpen
      isReady={to.trim() !== ""}
      onClose={onClose}
      onConfirm={async () => {
        const { datasets, links, invites, groups } = await must(
          api.POST("/users/{name}/hand-over", { params: { path: { name: user } }, body: { to: to.trim() } }),
        );
        notifications.show({
          message: `Handed over: ${plural(datasets, "dataset")}, ${plural(links, "link")}, ${plural(invites, "invite")}, ${plural(groups, "group")}.`,
        });
      }}
    >
      <Text size="sm">
        All datasets, shares and invites of <Name wrap>{user}</Name> go to:
      </Text>
      <TextInput
        label="User, or @group"
        required
        value={to}
        onChange={(e) => setTo(e.currentTarget.value)}
        data-autofocus
        autoCapitalize="none"
        spellCheck={false}
      />
    </ConfirmDialog>
  );
}
