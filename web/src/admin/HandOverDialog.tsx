import { Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { apiRoot } from "../api/base";
import { sendOk } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";

interface HandedOver {
  datasets: number;
  grants: number;
  links: number;
  invites: number;
}

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
        const response = await sendOk(`${apiRoot}/users/${encodeURIComponent(user)}/hand-over`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ to: to.trim() }),
        });
        const { datasets, links, invites } = (await response.json()) as HandedOver;
        notifications.show({ message: `Handed over: ${datasets} datasets, ${links} links, ${invites} invites.` });
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
