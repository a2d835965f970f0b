/** Requests refused because the session expired wait here for a new login and are then retried, so that no input is lost. */
type Waiting = (loggedIn: boolean) => void;

const waiting: Waiting[] = [];
let ask: (() => void) | undefined;
let dismissedAt = Number.NEGATIVE_INFINITY;

/** The time after a dismissal in which reads, which the page repeats by itself, do not open the dialog again. */
const quietMilliseconds = 10_000;

/** Sets what opens the login dialog; returns the unsubscribe function. */
export function onSessionExpired(open: () => void): () => void {
  ask = open;
  return () => {
    ask = undefined;
  };
}

/** Waits for a new login. False: there is no dialog, or the user gave up. */
export function waitForLogin(isRead = false): Promise<boolean> {
  const open = ask;
  if (!open || (isRead && performance.now() - dismissedAt < quietMilliseconds)) return Promise.resolve(false);
  return new Promise((resolve) => {
    waiting.push(resolve);
    open();
  });
}

/** Resumes all waiting requests. */
export function finishRelogin(loggedIn: boolean): void {
  dismissedAt = loggedIn ? Number.NEGATIVE_INFINITY : performance.now();
  for (const go of waiting.splice(0)) go(loggedIn);
}
