const channel = new BroadcastChannel("hutch-login");

/** Tells the other tabs and windows of this portal about a login. */
export function announceLogin(): void {
  channel.postMessage("logged in");
}

/** Calls back on a login elsewhere in this browser; returns the unsubscribe function. */
export function onLoginElsewhere(heard: () => void): () => void {
  channel.addEventListener("message", heard);
  return () => channel.removeEventListener("message", heard);
}
