import { useEffect, useSyncExternalStore } from "react";
import { keptUploads } from "./journal";

let isPresent = false;
const listeners = new Set<() => void>();

/** From now on this tab may have uploads to show. */
export function noteUploads(): void {
  isPresent = true;
  for (const listener of listeners) listener();
}

/** Whether uploads may run here, or a closed tab left one behind. Only then is what shows them loaded. */
export function useHasUploads(): boolean {
  useEffect(() => {
    keptUploads().then(
      (kept) => kept.length > 0 && noteUploads(),
      // Without a journal no upload is left behind.
      () => undefined,
    );
  }, []);
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isPresent,
  );
}
