import { Button, Divider, Group, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { finishRelogin, onSessionExpired } from "../api/relogin";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { session as t } from "../messages/en";
import { loginMethods, loginWithPassword } from "./loginCalls";
import { onLoginElsewhere } from "./otherTabs";
import { ProviderButtons } from "./ProviderButtons";
import { useSession } from "./session";

const windowLook = "popup,width=520,height=720";
/** Above every other dialog and its lists: one of them may be open, with what somebody typed. */
const above = 350;

/**
 * Opens when the session expires during work: input is kept, and failed requests are retried after the login. Who closes it keeps the page as it is,
 * and is asked again by the next request.
 */
export function ReloginDialog() {
  const { me, refresh } = useSession();
  const [isOpen, setOpen] = useState(false);
  /** The user who was logged in on this page. */
  const [owner, setOwner] = useState<string>();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const { error, isBusy, run, onSubmit, clear } = useWork();
  const methods = useQuery({ queryKey: ["login-methods"], queryFn: loginMethods, enabled: isOpen, staleTime: 60_000 });
  const name = me?.user;
  // A screen at an instrument says itself that its token has ended.
  const isVisitor = me === null || me.session?.instrument !== undefined;

  useEffect(
    () =>
      // A visitor has no session that could expire.
      isVisitor
        ? undefined
        : onSessionExpired(() => {
            setOwner(name);
            setUser((typed) => name ?? typed);
            setOpen(true);
          }),
    [name, isVisitor],
  );

  const close = useCallback(
    (loggedIn: boolean) => {
      setOpen(false);
      setPassword("");
      clear();
      finishRelogin(loggedIn);
    },
    [clear],
  );

  useEscape(isOpen, () => close(false));

  /** The input on the page is one user's: another user's login must not send it. */
  const goOn = useCallback(async () => {
    const now = await refresh();
    if (owner !== undefined && now?.user !== owner) throw new Error(t.thePageBelongsTo(owner, now?.user ?? t.aGuest));
    close(true);
  }, [refresh, owner, close]);

  // A login in the window of a provider or in another tab.
  useEffect(() => (isOpen ? onLoginElsewhere(() => void run(goOn)) : undefined), [isOpen, run, goOn]);

  const open = (address: string) =>
    run(async () => {
      if (!window.open(address, "hutch-login", windowLook)) throw new Error(t.theBrowserBlockedTheLoginWindow);
    });

  const providers = methods.data?.oidc ?? [];
  const hasPassword = methods.data?.password !== false;
  return (
    <Modal
      opened={isOpen}
      onClose={() => close(false)}
      title={t.yourSessionHasExpired}
      centered
      zIndex={above}
      closeOnClickOutside={false}
      closeOnEscape={false}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <Stack gap="sm">
        <Text size="sm">{t.logInAgainToContinue}</Text>
        <ProblemAlert error={error} title={t.loginFailed} advice={{ unauthenticated: "" }} />
        {hasPassword && (
          <form
            onSubmit={onSubmit(async () => {
              await loginWithPassword(user.trim(), password);
              await goOn();
            })}
          >
            <Stack gap="sm">
              <TextInput
                label={t.username}
                autoComplete="username"
                required
                readOnly={owner !== undefined}
                value={user}
                onChange={(e) => setUser(e.currentTarget.value)}
              />
              <PasswordInput
                label={t.password}
                autoComplete="current-password"
                required
                data-autofocus
                value={password}
                onChange={(e) => setPassword(e.currentTarget.value)}
              />
              <Group justify="flex-end">
                <Button type="submit" loading={isBusy}>
                  {t.logIn}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
        {providers.length > 0 && hasPassword && <Divider label="or" />}
        <ProviderButtons providers={providers} target="/logged-in" onOpen={open} />
        <Text size="xs" c="dimmed">
          {t.youCanAlsoLog}
        </Text>
      </Stack>
    </Modal>
  );
}

/** Takes the Escape key before the dialogs beneath hear of it: each of them would close, and forget what was typed. */
function useEscape(isOpen: boolean, onEscape: () => void): void {
  const current = useRef({ isOpen, onEscape });
  useEffect(() => {
    current.current = { isOpen, onEscape };
  });
  // Once, with the first of the page: listeners are called in the order in which they came.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing || !current.current.isOpen) return;
      event.stopImmediatePropagation();
      current.current.onEscape();
    };
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, []);
}
