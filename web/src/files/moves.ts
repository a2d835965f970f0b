import { files as t } from "../messages/en";

/** A path without the slash of a folder. */
export function bare(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** The name of a file or folder. */
export function nameOf(path: string): string {
  const whole = bare(path);
  return whole.slice(whole.lastIndexOf("/") + 1);
}

/** A folder that somebody typed: empty for the top, else without slashes at its ends. */
export function typedFolder(text: string): string {
  return text
    .split("/")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("/");
}

/** Where files and folders go, each under its own name; those that are there already stay. */
export function movesInto(paths: Iterable<string>, folder: string): { from: string; to: string }[] {
  return [...paths]
    .map((path) => ({ from: bare(path), to: folder === "" ? nameOf(path) : `${folder}/${nameOf(path)}` }))
    .filter(({ from, to }) => from !== to);
}

/** Why a name cannot be that of a file or folder; undefined when it can. */
export function nameFault(name: string): string | undefined {
  if (name.includes("/")) return t.aNameHasNoSlashUse;
  if (name === "." || name === "..") return t.thisNameMeansAFolder;
  if (new TextEncoder().encode(name).length > 1024) return t.thisNameIsTooLong;
  return undefined;
}
