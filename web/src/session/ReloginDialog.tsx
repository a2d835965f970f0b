import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { loginEnded, onSessionEnded } from "../api/session-watch";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { loginWithPassword } from "./login-calls";
import { useSession } from "./session";

/** Opens when a session ends in the middle of something: what was typed stays, and what was sent is sent again after the login. */
export function ReloginDialog() {
  const { me, refresh } = useSession();
  const [isOpen, setOpen] = useState(false);
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const work = useWork();
  const name = me?.user;

  useEffect(
    () =>
      onSessionEnded(() => {
        setUser((typed) => typed || name || "");
        setOpen(true);
      }),
    [name],
  );

  const close = (loggedIn: boolean) => {
    setOpen(false);
    setPassword("");
    work.clear();
    loginEnded(loggedIn);
  };

  const login = work.onSubmit(async () => {
    await loginWithPassword(user.trim(), password);
    await refresh();
    close(true);
  });

  return (
    <Modal
      opened={isOpen}
      onClose={() => close(false)}
      title="Your session has ended"
      centered
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={login}>
        <Stack gap="sm">
          <Text size="sm">Log in again to go on. Nothing you typed is lost.</Text>
          <ProblemAlert error={work.error} title="You are not logged in" />
          <TextInput
            label="User"
            autoComplete="username"
            required
            value={user}
            onChange={(e) => setUser(e.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            data-autofocus
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <Text size="xs" c="dimmed">
            You log in another way? Do so in a second tab, then press “Try again”.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => close(true)}>
              Try again
            </Button>
            <Button type="submit" loading={work.isBusy}>
              Log in
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
