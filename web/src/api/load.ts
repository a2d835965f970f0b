import { noteUnreachable, onServerBack } from "./reaching";

/** Loads a part of the portal; if the server cannot be reached, again when it is back. */
export async function load<T>(part: () => Promise<T>): Promise<T> {
  try {
    return await part();
  } catch {
    noteUnreachable();
    await new Promise<void>((resolve) => {
      const forget = onServerBack(() => {
        forget();
        resolve();
      });
    });
    return part();
  }
}
