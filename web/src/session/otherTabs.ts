const channel = new BroadcastChannel("hutch-login");

/** Tells the other tabs and windows of this portal that somebody is logged in. */
export function announceLogin(): void {
  channel.postMessage("logged in");
}

/** Hears when somebody logged in elsewhere in this browser; answers how to stop. */
export function onLoginElsewhere(heard: () => void): () => void {
  channel.addEventListener("message", heard);
  return () => channel.removeEventListener("message", heard);
}
