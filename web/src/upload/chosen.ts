import { upload as t } from "../messages/en";

/** A chosen file and its path in the target folder. */
export interface ChosenFile {
  path: string;
  file: File;
}

/** The chosen files, and handles that outlive the tab where the browser has them. */
export interface Chosen {
  files: ChosenFile[];
  handles: FileSystemHandle[];
  isFolder: boolean;
}

const mostPathBytes = 1024;
const handleWaitMs = 500;
const utf8 = new TextEncoder();

/** Names in a dataset are normalised to NFC. */
export function normalisePath(path: string): string {
  return path.normalize("NFC").replace(/^\/+/, "");
}

/** Why a path is not valid in a dataset; undefined if it is. */
export function pathProblem(path: string): string | undefined {
  if (utf8.encode(path).length > mostPathBytes) return t.pathLongerThanBytes(mostPathBytes);
  if (path.includes("\0")) return t.pathContainsANulCharacter;
  return undefined;
}

/** The files of an input element. */
export function fromInput(list: FileList): Chosen {
  const files = [...list].map((file) => ({ path: normalisePath(file.webkitRelativePath || file.name), file }));
  return { files, handles: [], isFolder: files.some(({ file }) => file.webkitRelativePath !== "") };
}

/** The dropped files, including those in dropped folders. */
export async function fromDrop(data: DataTransfer): Promise<Chosen> {
  // Read everything from the event before the first await: it is empty afterwards.
  const items = [...data.items].filter((item) => item.kind === "file");
  const handles = items.map((item) =>
    "getAsFileSystemHandle" in item ? (item as DataTransferItemWithHandle).getAsFileSystemHandle() : null,
  );
  const entries = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const files: ChosenFile[] = [];
  for (const { entry, file } of entries) {
    if (entry) await walk(entry, "", files);
    else if (file) files.push({ path: normalisePath(file.name), file });
  }
  const known = (await Promise.all(handles.map(soonOrNever))).filter((handle) => handle !== null);
  return { files, handles: known, isFolder: entries.some(({ entry }) => entry?.isDirectory) };
}

/** Handles only make resuming easier: an upload does not wait long for them. */
function soonOrNever(handle: Promise<FileSystemHandle | null> | null): Promise<FileSystemHandle | null> {
  const never = new Promise<null>((resolve) => {
    window.setTimeout(() => resolve(null), handleWaitMs);
  });
  return Promise.race([handle?.catch(() => null) ?? null, never]);
}

interface DataTransferItemWithHandle extends DataTransferItem {
  getAsFileSystemHandle(): Promise<FileSystemHandle | null>;
}

async function walk(entry: FileSystemEntry, parent: string, files: ChosenFile[]): Promise<void> {
  const path = parent + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    files.push({ path: normalisePath(path), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  while (true) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return;
    for (const each of some) await walk(each, `${path}/`, files);
  }
}

/** The files of saved handles, if the user still grants access. */
export async function fromHandles(handles: FileSystemHandle[]): Promise<ChosenFile[] | undefined> {
  const files: ChosenFile[] = [];
  for (const handle of handles) {
    const asking = handle as FileSystemHandle & { requestPermission?: (how: { mode: "read" }) => Promise<string> };
    if ((await asking.requestPermission?.({ mode: "read" })) !== "granted") return undefined;
    await walkHandle(handle, "", files);
  }
  return files;
}

async function walkHandle(handle: FileSystemHandle, parent: string, files: ChosenFile[]): Promise<void> {
  const path = parent + handle.name;
  if (handle.kind === "file") {
    files.push({ path: normalisePath(path), file: await (handle as FileSystemFileHandle).getFile() });
    return;
  }
  const folder = handle as FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };
  for await (const each of folder.values()) await walkHandle(each, `${path}/`, files);
}
