/**
 * When a request is refused because the session ended, it waits here until the person has logged in again, and is then sent once more:
 * whatever was typed is still there.
 */
type Waiting = (loggedIn: boolean) => void;

const waiting: Waiting[] = [];
let ask: (() => void) | undefined;

/** Sets what opens the dialog; returns how to take it back. */
export function onSessionEnded(open: () => void): () => void {
  ask = open;
  return () => {
    ask = undefined;
  };
}

/** Waits for a new login. False: nobody is asked, or the person gave up. */
export function waitForLogin(): Promise<boolean> {
  const open = ask;
  if (!open) return Promise.resolve(false);
  return new Promise((resolve) => {
    waiting.push(resolve);
    open();
  });
}

/** Lets everything that waits go on. */
export function loginEnded(loggedIn: boolean): void {
  for (const go of waiting.splice(0)) go(loggedIn);
}
